import { recipientOptedOut, signWebhook } from 'express-whatsapp-gateway/testing';
import fastify, { type FastifyInstance } from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { whatsappWebhook } from '../fastify.ts';
import { BARE_PHONE, PHONE, postOptOut, SECRET, startGateway } from './support/gateway.ts';
import { WEBHOOK_PATH } from './support/serve.ts';

async function startApp(options: Partial<Parameters<typeof whatsappWebhook>[0]> = {}) {
  const lines: string[] = [];
  const app: FastifyInstance = fastify({
    logger: { level: 'error', stream: { write: (line) => void lines.push(line) } },
  });
  const optedOut: string[] = [];
  await app.register(
    whatsappWebhook({ secret: SECRET, onOptOut: (_event, { phone }) => optedOut.push(phone), ...options }),
  );
  app.post('/orders', async (request) => request.body);
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => app.close());
  return { app, origin, url: origin + WEBHOOK_PATH, optedOut, lines };
}

it('hands deliveries to their handlers, once, however their bytes are written', async () => {
  const { url, optedOut } = await startApp();
  const gateway = await startGateway(url);
  gateway.faults.add({ on: 'delivery', type: 'duplicate' });
  const delivery = await gateway.customer(BARE_PHONE).optsOut();
  await gateway.idle();
  expect(delivery.attempts.map(({ status }) => status)).toEqual([200, 200]);
  expect(optedOut).toEqual([PHONE]);
});

it('takes a delivery without a content type', async () => {
  const { app, optedOut } = await startApp();
  const { headers, rawBody } = signWebhook({ secret: SECRET, body: recipientOptedOut() });
  const { 'content-type': _, ...others } = headers;
  const response = await app.inject({ method: 'POST', url: WEBHOOK_PATH, headers: others, payload: rawBody });
  expect(response.statusCode).toBe(200);
  expect(optedOut).toEqual([PHONE]);
});

it('refuses forged, unsigned and empty deliveries', async () => {
  const { url, app, optedOut, lines } = await startApp();
  expect(await postOptOut(url, PHONE, 'another secret')).toBe(401);
  const unsigned = await app.inject({ method: 'POST', url: WEBHOOK_PATH, payload: recipientOptedOut() });
  expect([unsigned.statusCode, unsigned.json()]).toEqual([401, { error: 'missing_header' }]);
  expect((await app.inject({ method: 'POST', url: WEBHOOK_PATH })).statusCode).toBe(401);
  expect(optedOut).toEqual([]);
  expect(lines).toEqual([]);
});

it('answers 500 and logs why when a handler fails', async () => {
  const { url, lines } = await startApp({ onOptOut: () => Promise.reject(new Error('no database')) });
  expect(await postOptOut(url, PHONE)).toBe(500);
  expect(lines).toEqual([expect.stringContaining('handler_failed')]);
});

it('leaves JSON to the other routes', async () => {
  const { origin } = await startApp();
  const order = { id: 1042 };
  const response = await fetch(`${origin}/orders`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(order),
  });
  expect(await response.json()).toEqual(order);
});
