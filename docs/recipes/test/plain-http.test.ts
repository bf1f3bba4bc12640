import type { RecipientOptedOutEvent, WebhookContext } from 'express-whatsapp-gateway';
import { expect, it, vi } from 'vitest';
import { createWebhookServer } from '../plain-http.ts';
import { PHONE, postOptOut, SECRET, startGateway } from './support/gateway.ts';
import { serve, WEBHOOK_PATH } from './support/serve.ts';

it('hands a delivery to its handler, with or without a query in the address', async () => {
  const onOptOut = vi.fn((_event: RecipientOptedOutEvent, context: WebhookContext) => context.phone);
  const origin = await serve(createWebhookServer({ secret: SECRET, onOptOut }));
  const gateway = await startGateway(origin + WEBHOOK_PATH);
  const delivery = await gateway.customer('966501234567').optsOut();
  expect(delivery.attempts.map(({ status }) => status)).toEqual([200]);
  expect(await postOptOut(`${origin}${WEBHOOK_PATH}?from=dashboard`, '966551112233')).toBe(200);
  expect(onOptOut.mock.results.map(({ value }) => value)).toEqual([PHONE, '+966551112233']);
});

it('refuses a forged delivery, and leaves other paths to the app', async () => {
  const onOptOut = vi.fn();
  const origin = await serve(createWebhookServer({ secret: SECRET, onOptOut }));
  expect(await postOptOut(origin + WEBHOOK_PATH, PHONE, 'another secret')).toBe(401);
  expect(await postOptOut(`${origin}/other`, PHONE)).toBe(404);
  expect(onOptOut).not.toHaveBeenCalled();
});

it('answers 500 and says why on the console when a handler fails', async () => {
  const shown = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const onOptOut = () => Promise.reject(new Error('no database'));
  const origin = await serve(createWebhookServer({ secret: SECRET, onOptOut }));
  expect(await postOptOut(origin + WEBHOOK_PATH, PHONE)).toBe(500);
  expect(shown.mock.calls).toEqual([[expect.objectContaining({ code: 'handler_failed' })]]);
  shown.mockRestore();
});
