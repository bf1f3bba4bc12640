import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { whatsappGatewayWebhook } from '../../src/webhook/middleware.ts';
import { mayHaveMore, type RequestWithBody, takeRawBody } from '../../src/webhook/raw-body.ts';
import { messageEvent, now, SECRET, sign } from '../support/deliveries.ts';
import { send, serve } from '../support/server.ts';

/** A request that never came through its socket. */
function byHand(fields: Partial<RequestWithBody> = {}): RequestWithBody {
  return Object.assign(new IncomingMessage(new Socket()), fields);
}

describe('bytes that somebody kept', () => {
  it('go before a stream that nobody has read', async () => {
    const { headers, rawBody } = sign();
    const onMessage = vi.fn();
    const webhook = whatsappGatewayWebhook({ secret: SECRET, now, onMessage });
    const server = await serve((request, response) => {
      (request as RequestWithBody).rawBody = rawBody;
      webhook(request, response);
    });
    expect((await send(server, { headers, rawBody: Buffer.from('something else') })).status).toBe(200);
    expect(onMessage).toHaveBeenCalledExactlyOnceWith(messageEvent, expect.anything());
  });

  it.each(['', 'text'])('of a request made by hand are its body, also %j', async (rawBody) => {
    expect(await takeRawBody(byHand({ rawBody }), 100)).toBe(rawBody);
  });
});

describe('a request made by hand', () => {
  it.each([
    ['with a socket', byHand({ complete: false })],
    ['without one', byHand({ complete: false, socket: undefined as unknown as Socket })],
  ])('%s has no more to come', (_name, request) => {
    expect(mayHaveMore(request)).toBe(false);
  });
});

describe('reading the stream', () => {
  it.each([
    ['to its end', 1_000],
    ['up to the limit', 10],
  ])('%s leaves no listener on the request', async (_name, limitBytes) => {
    const counted: number[][] = [];
    const server = await serve(async (request, response) => {
      const count = () => ['close', 'data', 'end', 'aborted'].map((event) => request.listenerCount(event));
      const before = count();
      await takeRawBody(request, limitBytes).catch(() => undefined);
      counted.push(before, count());
      response.end();
    });
    await send(server, sign());
    expect(counted).toHaveLength(2);
    expect(counted[1]).toEqual(counted[0]);
  });
});
