import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { whatsappGatewayWebhook } from '../../src/webhook/middleware.ts';
import type { WebhookOptions } from '../../src/webhook/options.ts';
import type { WebhookOutcome } from '../../src/webhook/outcome.ts';
import { deferred } from '../support/deferred.ts';
import { now, SECRET, sign } from '../support/deliveries.ts';
import { expressVersions, hosts } from '../support/hosts.ts';
import { chunk, connectRaw, head, LAST_CHUNK } from '../support/raw-socket.ts';
import { errorBody, type Listener, serve } from '../support/server.ts';
import { recordingStore } from '../support/stores.ts';

const LIMIT_BYTES = 10_000;
const MIB = 1_048_576;
const STATUS_413 = /^HTTP\/1\.1 413 /u;
const REFUSED = /^HTTP\/1\.1 40[01] /u;
const { headers, rawBody } = sign();

/** A server whose requests, outcomes, claims and unhandled rejections are watched. */
async function watched(
  mount: (webhook: Listener) => Listener,
  options: Partial<WebhookOptions> = {},
  http = {},
) {
  const outcome = deferred<WebhookOutcome>();
  const deliveries = recordingStore();
  const requests: IncomingMessage[] = [];
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  onTestFinished(() => {
    process.off('unhandledRejection', unhandled);
  });
  const listener = mount(
    whatsappGatewayWebhook({
      secret: SECRET,
      now,
      bodyLimitBytes: LIMIT_BYTES,
      deliveries,
      onMessage: () => undefined,
      onOutcome: outcome.resolve,
      ...options,
    }),
  );
  const running = await serve((request, response) => {
    requests.push(request);
    listener(request, response);
  }, http);

  /** Nothing is left: no connection, no listener of ours on the request, no rejection, and the server closes. */
  async function leavesNothing(): Promise<void> {
    const closed = once(running.server, 'close');
    running.server.close();
    await closed;
    for (const request of requests) {
      expect(request.destroyed).toBe(true);
      expect(request.listenerCount('aborted')).toBe(0);
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).not.toHaveBeenCalled();
  }
  return { ...running, outcome: outcome.promise, deliveries, requests, leavesNothing };
}

const followUp = [head({ ...headers, 'content-length': rawBody.length, connection: 'close' }), rawBody];

describe.each(hosts)('in $name', ({ mount }) => {
  it('a chunked upload of 8 MiB over the limit: a sender that writes it all before it reads still reads the 413', async () => {
    const server = await watched(mount);
    const client = await connectRaw(server);
    const big = chunk(Buffer.alloc(MIB, 'x'));
    await client.writeAll([
      head({ ...headers, 'transfer-encoding': 'chunked' }),
      ...Array.from({ length: 8 }, () => big),
      LAST_CHUNK,
    ]);
    await client.receives(errorBody('body_too_large'));
    expect(client.received()).toMatch(STATUS_413);
    // The connection is kept: a good delivery on it is handled.
    await client.writeAll(followUp);
    await client.receives('\r\n\r\nok');
    await client.closed;
    expect(server.deliveries.steps).toEqual(['claim', 'complete']);
    await server.leavesNothing();
  });

  it('8 MiB over the limit with a Content-Length are told 413 too', async () => {
    const server = await watched(mount);
    const client = await connectRaw(server);
    await client.writeAll([
      head({ ...headers, 'content-length': 8 * MIB, connection: 'close' }),
      ...Array.from({ length: 8 }, () => Buffer.alloc(MIB, 'x')),
    ]);
    await client.receives(errorBody('body_too_large'));
    await client.closed;
    expect(server.deliveries.steps).toEqual([]);
    await server.leavesNothing();
  });

  it.each(['close', 'keep-alive'])(
    '8 MiB with no signature and Connection: %s are told 401',
    async (connection) => {
      const server = await watched(mount);
      const client = await connectRaw(server);
      await client.writeAll([
        head({ connection, 'content-length': 8 * MIB, 'content-type': 'application/json' }),
        ...Array.from({ length: 8 }, () => Buffer.alloc(MIB, 'x')),
      ]);
      await client.receives(errorBody('missing_header'));
      if (connection === 'keep-alive') {
        await client.writeAll(followUp);
        await client.receives('\r\n\r\nok');
      }
      await client.closed;
      await server.leavesNothing();
    },
  );

  it('a body of exactly the limit in chunks of one byte is taken', async () => {
    const json = JSON.stringify({ event: 'x' });
    const exact = sign(`${json}${' '.repeat(100 - json.length)}`);
    const server = await watched(mount, { bodyLimitBytes: 100 });
    const client = await connectRaw(server);
    client.socket.setNoDelay(true);
    client.socket.write(head({ ...exact.headers, 'transfer-encoding': 'chunked', connection: 'close' }));
    for (const byte of exact.rawBody) client.socket.write(chunk(Uint8Array.of(byte)));
    client.socket.write(LAST_CHUNK);
    await client.receives('\r\n\r\nok');
    await client.closed;
    await server.leavesNothing();
  });

  it('a character cut in two by chunks is put together', async () => {
    const server = await watched(mount);
    const client = await connectRaw(server);
    const middle = rawBody.indexOf(Buffer.from('أ')) + 1;
    client.socket.write(head({ ...headers, 'transfer-encoding': 'chunked', connection: 'close' }));
    client.socket.write(chunk(rawBody.subarray(0, middle)));
    await once(server.server, 'request').catch(() => undefined);
    client.socket.write(chunk(rawBody.subarray(middle)));
    client.socket.write(LAST_CHUNK);
    await client.receives('\r\n\r\nok');
    await client.closed;
    await server.leavesNothing();
  });

  it.each([
    ['in the middle of its body', { 'content-length': rawBody.length }, rawBody.subarray(0, 20)],
    ['before its body', { 'content-length': rawBody.length }, Buffer.alloc(0)],
    ['having promised more than it sent', { 'content-length': rawBody.length + 1 }, rawBody],
    ['in the middle of a chunk', { 'transfer-encoding': 'chunked' }, Buffer.from('ff\r\n{"event"')],
    ['before the last chunk', { 'transfer-encoding': 'chunked' }, chunk(rawBody)],
  ])(
    'a client that goes away %s is request_aborted, and nothing is claimed or left',
    async (_name, length, part) => {
      for (const leave of ['destroy', 'resetAndDestroy', 'end'] as const) {
        const server = await watched(mount);
        const client = await connectRaw(server);
        const arrived = once(server.server, 'request');
        client.socket.write(head({ ...headers, ...length }));
        client.socket.write(part);
        await arrived;
        client.socket[leave]();
        const { type, status, error } = await server.outcome;
        expect({ type, status, code: error?.code }).toEqual({
          type: 'rejected',
          status: 400,
          code: 'request_aborted',
        });
        await client.closed;
        expect(server.deliveries.steps).toEqual([]);
        await server.leavesNothing();
        expect(server.requests.map((request) => request.listenerCount('data'))).toEqual([0]);
      }
    },
  );

  it('a slow upload that never ends is cut by the server, and nothing is claimed or left', async () => {
    const server = await watched(mount, {}, { requestTimeout: 60, connectionsCheckingInterval: 10 });
    const client = await connectRaw(server);
    client.socket.write(head({ ...headers, 'transfer-encoding': 'chunked' }));
    const drip = setInterval(() => client.socket.write(chunk(' ')), 5);
    onTestFinished(() => clearInterval(drip));
    await client.closed;
    clearInterval(drip);
    expect((await server.outcome).error?.code).toBe('request_aborted');
    expect(server.deliveries.steps).toEqual([]);
    await server.leavesNothing();
  });

  it('more bytes than Content-Length says are no part of the delivery', async () => {
    const server = await watched(mount);
    const client = await connectRaw(server);
    await client.writeAll([head({ ...headers, 'content-length': rawBody.length - 1 }), rawBody]);
    await client.closed;
    expect(client.received()).toMatch(REFUSED);
    expect(server.deliveries.steps).toEqual([]);
    await server.leavesNothing();
  });
});

describe('an upload over the limit that never ends', () => {
  it('is told 413 and cut off after ten seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const server = await watched((webhook) => webhook);
    const client = await connectRaw(server);
    client.socket.write(head({ ...headers, 'transfer-encoding': 'chunked' }));
    client.socket.write(chunk('x'.repeat(LIMIT_BYTES + 1)));
    await client.receives(errorBody('body_too_large'));
    client.socket.write(chunk('x'));
    expect(client.socket.destroyed).toBe(false);
    await vi.advanceTimersByTimeAsync(10_000);
    await client.closed;
    await server.leavesNothing();
  });

  it('is cut off after 64 MiB', async () => {
    const server = await watched((webhook) => webhook);
    const client = await connectRaw(server);
    client.socket.write(head({ ...headers, 'transfer-encoding': 'chunked' }));
    const big = chunk(Buffer.alloc(MIB, 'x'));
    let written = 0;
    function* upload() {
      for (written = 0; written < 200; written += 1) yield big;
    }
    await client.writeAll(upload());
    await client.closed;
    expect(written).toBeGreaterThanOrEqual(64);
    expect(written).toBeLessThan(200);
    await server.leavesNothing();
  });
});

describe.each(expressVersions)('in $name behind a middleware that read some of it', ({ express }) => {
  it('the rest is not in the way of the next request', async () => {
    const server = await watched((webhook) => {
      const app = express();
      app.use((request, _response, next) => {
        if (request.headers['x-peek'] === undefined) return next();
        request.once('data', () => {
          request.pause();
          next();
        });
      });
      app.post('/webhooks/whatsapp-gateway', (request, response) => webhook(request, response));
      return app;
    });
    const client = await connectRaw(server);
    await client.writeAll([
      head({ ...headers, 'x-peek': 1, 'content-length': 8 * MIB }),
      ...Array.from({ length: 8 }, () => Buffer.alloc(MIB, 'x')),
      ...followUp,
    ]);
    await client.receives(errorBody('raw_body_unavailable'));
    await client.receives('\r\n\r\nok');
    await client.closed;
    await server.leavesNothing();
  });
});
