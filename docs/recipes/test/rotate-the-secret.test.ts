import express from 'express';
import { recipientOptedOut, signWebhook } from 'express-whatsapp-gateway/testing';
import { expect, it } from 'vitest';
import { rotatableWebhook } from '../rotate-the-secret.ts';
import { PHONE, startGateway } from './support/gateway.ts';
import { serve, WEBHOOK_PATH } from './support/serve.ts';

const OLD = 'the old secret';
const NEW = 'the new secret';

async function startApp(now?: () => number) {
  const handled: string[] = [];
  const rotation = rotatableWebhook(
    { onMessage: (event) => handled.push(event.message_text), onOptOut: () => handled.push('opt-out'), now },
    [OLD],
  );
  const url = (await serve(express().post(WEBHOOK_PATH, rotation.webhook))) + WEBHOOK_PATH;
  return { rotation, url, handled };
}

it('takes the new secret without a restart, and loses nothing that the gateway brings again', async () => {
  const { rotation, url, handled } = await startApp();
  const gateway = await startGateway();
  const customer = gateway.customer(PHONE);

  gateway.setWebhook({ url, secret: OLD });
  expect((await customer.says('before')).state).toBe('delivered');

  gateway.setWebhook({ url, secret: NEW });
  const early = await customer.says('too early');
  expect(early.attempts.map(({ status }) => status)).toEqual([401]);
  rotation.useSecrets([NEW, OLD]);
  gateway.clock.advance('1m');
  await gateway.idle();
  expect(early.attempts.map(({ status }) => status)).toEqual([401, 200]);

  gateway.setWebhook({ url, secret: OLD });
  expect((await customer.says('a late one')).state).toBe('delivered');

  rotation.useSecrets([NEW]);
  expect((await customer.says('too late', { retries: false })).attempts[0]?.status).toBe(401);
  expect(handled).toEqual(['before', 'too early', 'a late one']);
});

it('tells when the old secret was last used', async () => {
  let time = Date.now();
  const { rotation, url } = await startApp(() => time);
  rotation.useSecrets([NEW, OLD]);
  expect(rotation.lastUse(1)).toBeUndefined();
  const post = (secret: string, from: string) => {
    const { headers, rawBody } = signWebhook({ secret, body: recipientOptedOut({ from }), timestamp: time });
    return fetch(url, { method: 'POST', headers, body: new Uint8Array(rawBody) });
  };
  await post(OLD, PHONE);
  const lastOld = new Date(time);
  time += 3_600_000;
  await post(NEW, PHONE);
  await post('a forged one', PHONE);
  expect(rotation.lastUse(1)).toEqual(lastOld);
  expect(rotation.lastUse(0)).toEqual(new Date(time));
});

it('knows a copy of a delivery from before', async () => {
  const { rotation, url, handled } = await startApp();
  const { headers, rawBody } = signWebhook({ secret: OLD, body: recipientOptedOut() });
  const body = new Uint8Array(rawBody);
  for (const secrets of [[OLD], [NEW, OLD]]) {
    rotation.useSecrets(secrets);
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(200);
  }
  expect(handled).toEqual(['opt-out']);
});

it('keeps the secrets so far where a new one cannot be used', async () => {
  const { rotation, url } = await startApp();
  expect(() => rotation.useSecrets([' with a space'])).toThrow(TypeError);
  const { headers, rawBody } = signWebhook({ secret: OLD, body: recipientOptedOut() });
  const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(rawBody) });
  expect(response.status).toBe(200);
});
