import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import fc from 'fast-check';
import { now, OTHER_SECRET, SECRET, sign } from '../../support/deliveries.ts';
import { PATH } from '../../support/hosts.ts';
import { type Campaign, checking } from '../campaign.ts';
import { countingStore } from '../deliveries.ts';
import { assertDocumentedAnswer, settles } from '../expectations.ts';
import { type Framing, framings, type Upload, uploadBytes } from '../upload.ts';
import { converse, type Leaving } from '../wire.ts';

const LIMIT_BYTES = 4_096;
const STATUS_LINE = /^HTTP\/1\.1 (\d{3}) /u;
const BROKEN: readonly Framing[] = [
  'broken-chunk',
  'both',
  'two-lengths',
  'folded',
  'two-signatures',
  'no-length-name',
];

const rhythms = fc.record({
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
  pauses: fc.array(fc.constantFrom(0, 0, 0, 1, 3), { minLength: 1, maxLength: 4 }),
});
const uploads = fc.record({
  framing: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom<Framing>('length', 'chunked', 'trailers') },
    fc.constantFrom(...framings),
  ),
  filler: fc.oneof(fc.nat(300), fc.nat(LIMIT_BYTES), fc.integer({ min: LIMIT_BYTES, max: 3 * LIMIT_BYTES })),
  chunkSizes: fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 6 }),
  forged: fc.boolean(),
  rhythm: rhythms,
  /** Where the sender stops, as a fraction of all its bytes; most do not. */
  stopsAt: fc.oneof({ weight: 2, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true })),
  leaving: fc.constantFrom<Leaving>('ends', 'destroys', 'resets'),
});

/** One upload to a real Express app: any framing, any cuts and pauses, lies about the length, senders that leave. */
export const chunkings: Campaign = {
  name: 'chunkings',
  shortRuns: 60,
  batchRuns: 20,
  async start({ subject, settleMs }) {
    const store = countingStore();
    let handled: unknown[] = [];
    let unsettled = 0;
    const app = express();
    const webhook = subject.whatsappGatewayWebhook({
      secret: SECRET,
      now,
      bodyLimitBytes: LIMIT_BYTES,
      deliveries: store,
      onMessage: ({ message_text }) => {
        handled.push(message_text);
      },
      onOutcome: () => {
        unsettled -= 1;
      },
    });
    app.post(PATH, (request, response, next) => {
      unsettled += 1;
      webhook(request, response, next);
    });
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    let unique = 0;

    function assertAnswers(text: string, upload: Upload, whole: boolean): void {
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /gu)];
      assert.ok(statuses.length <= 1, `one request, ${statuses.length} answers: ${text}`);
      const status = Number(STATUS_LINE.exec(text)?.[1] ?? 0);
      const [, body = ''] = text.split('\r\n\r\n');
      // Node's own answer to what is no HTTP has no body.
      if (status !== 0 && !(status === 400 && body === '')) assertDocumentedAnswer(status, body);
      const isTrue =
        whole &&
        !BROKEN.includes(upload.framing) &&
        upload.framing !== 'too-long' &&
        upload.framing !== 'too-short';
      if (!isTrue) {
        assert.notEqual(status, 200);
        return;
      }
      const size = upload.body.length;
      assert.equal(status, size > LIMIT_BYTES ? 413 : upload.forged ? 401 : 200, text);
    }

    const property = fc.asyncProperty(
      uploads,
      async ({ filler, forged, rhythm, stopsAt, leaving, ...framed }) => {
        unique += 1;
        const id = `message ${unique}`;
        const event = {
          event: 'message.received',
          from: '+966501234567',
          message_text: id,
          filler: 'x'.repeat(filler),
        };
        const delivery = sign(event, { secret: forged ? OTHER_SECRET : SECRET });
        const trailer = sign(event).headers['x-whatsapp-gateway-signature'] ?? '';
        const upload: Upload = {
          ...framed,
          forged,
          trailer,
          headers: delivery.headers,
          body: delivery.rawBody,
        };
        const bytes = uploadBytes(upload);
        const part = bytes.subarray(0, Math.floor(stopsAt * bytes.length));
        const whole = part.length === bytes.length;
        handled = [];
        const before = store.claims;
        const leaves: Leaving = whole && upload.framing !== 'too-long' ? 'stays' : leaving;
        const text = await settles(converse(port, part, rhythm, leaves), settleMs, 'the conversation');
        await settles(
          untilTrue(() => unsettled === 0),
          settleMs,
          'the middleware',
        );
        assertAnswers(text, upload, whole);
        const isHandled = text.startsWith('HTTP/1.1 200 ');
        // A sender that leaves with its last byte may not hear that it was handled.
        if (isHandled || leaves === 'stays') assert.deepEqual(handled, isHandled ? [id] : []);
        assert.equal(store.claims - before, handled.length);
        assert.ok(!forged || handled.length === 0, 'a forgery was handled');
      },
    );
    return {
      check: checking(property),
      async stop() {
        const closed = once(server, 'close');
        server.close();
        await settles(closed, settleMs, 'the server, which still holds a connection,').finally(() =>
          server.closeAllConnections(),
        );
      },
    };
  },
};

async function untilTrue(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 1));
}
