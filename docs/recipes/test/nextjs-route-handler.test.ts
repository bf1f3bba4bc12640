import type { IncomingMessage, RequestListener } from 'node:http';
import { Readable } from 'node:stream';
import { recipientOptedOut, signWebhook } from 'express-whatsapp-gateway/testing';
import { expect, it, vi } from 'vitest';
import { whatsappRoute } from '../nextjs-route-handler.ts';
import { BARE_PHONE, PHONE, postOptOut, SECRET, startGateway } from './support/gateway.ts';
import { serve } from './support/serve.ts';

/** Next's own server is not run here: this gives the route what Next does, a Fetch `Request` whose body streams. */
function asListener(route: (request: Request) => Promise<Response>): RequestListener {
  return async (incoming: IncomingMessage, response) => {
    const request = new Request(`http://app.example${incoming.url}`, {
      method: incoming.method ?? 'GET',
      headers: new Headers(incoming.headers as Record<string, string>),
      body: Readable.toWeb(incoming) as ReadableStream,
      duplex: 'half',
    });
    const answer = await route(request);
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  };
}

it('hands deliveries to their handlers, once', async () => {
  const optedOut: string[] = [];
  const route = whatsappRoute(() => ({
    secret: SECRET,
    onOptOut: (_event, { phone }) => optedOut.push(phone),
  }));
  const gateway = await startGateway(await serve(asListener(route)));
  gateway.faults.add({ on: 'delivery', type: 'duplicate' });
  const delivery = await gateway.customer(BARE_PHONE).optsOut();
  await gateway.idle();
  expect(delivery.attempts.map(({ status }) => status)).toEqual([200, 200]);
  expect(optedOut).toEqual([PHONE]);
});

it('refuses a forged delivery', async () => {
  const onOptOut = vi.fn();
  const url = await serve(asListener(whatsappRoute(() => ({ secret: SECRET, onOptOut }))));
  expect(await postOptOut(url, PHONE, 'another secret')).toBe(401);
  expect(onOptOut).not.toHaveBeenCalled();
});

it('reads no secret before the first delivery, so that it can be built without one', async () => {
  vi.stubEnv('WHATSAPP_GATEWAY_WEBHOOK_SECRET', undefined);
  const route = whatsappRoute(() => ({ secret: process.env.WHATSAPP_GATEWAY_WEBHOOK_SECRET }));
  vi.stubEnv('WHATSAPP_GATEWAY_WEBHOOK_SECRET', SECRET);
  const { headers, rawBody } = signWebhook({ secret: SECRET, body: recipientOptedOut() });
  const body = new Uint8Array(rawBody);
  const answer = await route(new Request('http://app.example/', { method: 'POST', headers, body }));
  expect(answer.status).toBe(200);
  vi.unstubAllEnvs();
});

it('answers 500 and says why on the console when a handler fails', async () => {
  const shown = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const onOptOut = () => Promise.reject(new Error('no database'));
  const url = await serve(asListener(whatsappRoute(() => ({ secret: SECRET, onOptOut }))));
  expect(await postOptOut(url, PHONE)).toBe(500);
  expect(shown.mock.calls).toEqual([[expect.objectContaining({ code: 'handler_failed' })]]);
  shown.mockRestore();
});
