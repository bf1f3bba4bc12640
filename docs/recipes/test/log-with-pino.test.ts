import express from 'express';
import { isSendError, whatsappGatewayWebhook } from 'express-whatsapp-gateway';
import { messageReceived, recipientOptedOut, signWebhook } from 'express-whatsapp-gateway/testing';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { logOutcomes, logSendError } from '../log-with-pino.ts';
import { BARE_PHONE, PHONE, SECRET, senderTo, startGateway } from './support/gateway.ts';
import { serve, WEBHOOK_PATH } from './support/serve.ts';

const TEXT = 'مرحبا، أين طلبي رقم 1042؟';
const LEVELS: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' };

/** A real logger, and what it wrote. */
function startLog() {
  const written: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void written.push(line) });
  const lines = () =>
    written.map((line) => {
      const { level, ...rest } = JSON.parse(line);
      return { level: LEVELS[level], ...rest };
    });
  return { logger, written, lines };
}

/** What a database says, phone and all. */
function duplicateKey(): Error {
  const error = new Error(`duplicate key value: Key (phone)=(${PHONE}) already exists, text ${TEXT}`);
  return Object.assign(error, { code: '23505' });
}

it('logs each delivery by what it means, and no phone, text or signature', async () => {
  const { logger, written, lines } = startLog();
  let fail = false;
  const webhook = whatsappGatewayWebhook({
    secret: SECRET,
    onMessage: () => {
      if (fail) throw duplicateKey();
    },
    deliveryKey: (event, digest) => `${String(event.from)}:${digest}`,
    onOutcome: logOutcomes(logger),
  });
  const app = express().post(WEBHOOK_PATH, webhook);
  app.set('env', 'test');
  const url = (await serve(app)) + WEBHOOK_PATH;
  const post = ({ headers, rawBody }: ReturnType<typeof signWebhook>) =>
    fetch(url, { method: 'POST', headers, body: new Uint8Array(rawBody) });

  const message = signWebhook({ secret: SECRET, body: messageReceived({ message_text: TEXT }) });
  await post(message);
  await post(message);
  await post(signWebhook({ secret: SECRET, body: recipientOptedOut() }));
  await post(signWebhook({ secret: 'another secret', body: messageReceived() }));
  fail = true;
  await post(
    signWebhook({ secret: SECRET, body: messageReceived({ from: BARE_PHONE, message_text: TEXT }) }),
  );

  expect(lines()).toMatchObject([
    { level: 'info', type: 'handled', status: 200, event: 'message.received', secretIndex: 0 },
    { level: 'debug', type: 'duplicate', status: 200 },
    { level: 'debug', type: 'unhandled', status: 200, event: 'recipient.opted_out' },
    { level: 'warn', type: 'rejected', status: 401, code: 'invalid_signature' },
    { level: 'error', type: 'failed', status: 500, code: 'handler_failed' },
  ]);
  const [failed] = lines().filter(({ level }) => level === 'error');
  expect(failed.cause).toMatchObject({ name: 'Error', code: '23505' });
  expect(failed.cause.at[0]).toContain('duplicateKey');
  const all = written.join('');
  for (const secret of [BARE_PHONE, TEXT, SECRET, message.headers['x-whatsapp-gateway-signature']]) {
    expect(all).not.toContain(secret);
  }
});

it('warns where a handled delivery could not be remembered', () => {
  const { logger, lines } = startLog();
  const error = Object.assign(new Error('The delivery store is down.'), { code: 'store_unavailable' });
  logOutcomes(logger)({ type: 'handled', status: 200, durationMs: 3, error } as never);
  expect(lines()).toMatchObject([{ level: 'warn', type: 'handled', code: 'store_unavailable' }]);
});

it('logs failed sends by what can be done, and no phone or text', async () => {
  const { logger, written, lines } = startLog();
  const gateway = await startGateway();
  const sender = senderTo(gateway);
  gateway.suppress(PHONE);
  gateway.faults.add({ on: 'send', type: 'throttle' });
  gateway.faults.add({ on: 'send', type: 'reset', when: 'after' });
  for (const phone of ['+966551112233', '+966551112233', PHONE]) {
    const error = await sender.send({ phone, message: TEXT, purpose: 'support' }).catch((reason) => reason);
    if (!isSendError(error)) throw error;
    logSendError(logger, error);
  }
  expect(lines()).toMatchObject([
    { level: 'warn', code: 'sending_throttled', outcome: 'not_sent', retryable: true },
    { level: 'error', code: 'connection_failed', outcome: 'unknown', msg: 'WhatsApp message unknown' },
    { level: 'info', code: 'recipient_suppressed', outcome: 'not_sent' },
  ]);
  for (const secret of [BARE_PHONE, '966551112233', TEXT, gateway.apiKey]) {
    expect(written.join('')).not.toContain(secret);
  }
});
