import assert from 'node:assert/strict';
import fc from 'fast-check';
import { now, SECRET, sign } from '../../support/deliveries.ts';
import { bodies as arbitraryBodies } from '../body-arbitraries.ts';
import { type Campaign, checking } from '../campaign.ts';
import { assertDocumented, assertNothingPolluted, settles } from '../expectations.ts';

const LIMIT_BYTES = 4_096;
const REFUSED: readonly string[] = ['invalid_json', 'invalid_event'];

type Reading =
  | { readonly type: 'event'; readonly handler: string; readonly event: object }
  | { readonly type: 'refused' };

const isText = (value: unknown): value is string => typeof value === 'string';
const isFull = (value: unknown): boolean => isText(value) && value !== '';
const isTextOrNothing = (value: unknown): boolean => value === undefined || value === null || isText(value);

const handlers: Readonly<Record<string, string>> = {
  'message.received': 'onMessage',
  'recipient.opted_out': 'onOptOut',
  'message.status_updated': 'onStatus',
};

function isWhole({ event, from, message_text: text, ...rest }: Record<string, unknown>): boolean {
  if (!isFull(event) || !isTextOrNothing(rest.instance_id) || !isTextOrNothing(rest.instance_name))
    return false;
  if (event === 'recipient.opted_out') return isFull(from);
  return event !== 'message.received' || (isFull(from) && isText(text) && isTextOrNothing(rest.message_type));
}

/** Our own reading of the contract, by other means than the package's. */
function read(bytes: Uint8Array): Reading {
  let value: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
  } catch {
    return { type: 'refused' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { type: 'refused' };
  // Own fields only: a field `__proto__` stands for none.
  const own = new Map(Object.entries(value));
  const fields = Object.fromEntries(own);
  if (!isWhole(fields)) return { type: 'refused' };
  const name = String(own.get('event'));
  return {
    type: 'event',
    handler: Object.hasOwn(handlers, name) ? (handlers[name] ?? '') : 'onEvent',
    event: value,
  };
}

/** Any bytes, rightly signed: read as the contract says, or refused by a documented code, and nothing else. */
export const bodies: Campaign = {
  name: 'bodies',
  shortRuns: 400,
  batchRuns: 250,
  async start({ subject, settleMs }) {
    const ran: { handler: string; event: unknown }[] = [];
    const run = (handler: string) => (event: unknown) => {
      ran.push({ handler, event });
    };
    const receiver = subject.createWebhookReceiver({
      secret: SECRET,
      now,
      bodyLimitBytes: LIMIT_BYTES,
      deliveries: subject.memoryDeliveryStore({ maxEntries: 100 }),
      onMessage: run('onMessage'),
      onOptOut: run('onOptOut'),
      onStatus: run('onStatus'),
      onEvent: run('onEvent'),
    });
    // The same bytes may come in two runs: only what is signed anew is no copy.
    let signedAt = now();

    const property = fc.asyncProperty(arbitraryBodies(LIMIT_BYTES), async (bytes) => {
      signedAt = signedAt >= now() + 250_000 ? now() - 250_000 : signedAt + 1;
      const delivery = sign(bytes, { timestamp: String(signedAt) });
      ran.length = 0;
      const answer = await settles(receiver.receive(delivery), settleMs, 'receive');
      assertDocumented(answer);
      const expected = read(bytes);
      if (bytes.length > LIMIT_BYTES) {
        assert.equal(answer.error?.code, 'body_too_large');
        assert.equal(ran.length, 0);
      } else if (expected.type === 'refused') {
        assert.ok(REFUSED.includes(answer.error?.code ?? ''), `the body was answered ${answer.body}`);
        assert.equal(ran.length, 0);
      } else {
        assert.equal(answer.status, 200);
        assert.equal(ran.length, 1);
        assert.equal(ran[0]?.handler, expected.handler);
        // As text: it may be nested deeper than a comparison can follow.
        assert.equal(JSON.stringify(ran[0]?.event), JSON.stringify(expected.event));
        const copy = await settles(receiver.receive(delivery), settleMs, 'receive');
        assert.equal(copy.status, 200);
        assert.equal(ran.length, 1, 'a copy was handled again');
      }
      assertNothingPolluted();
    });
    return { check: checking(property) };
  },
};
