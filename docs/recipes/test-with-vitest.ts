/**
 * How to test your webhook and your sends with Vitest, over real HTTP, with no account and no network.
 *
 * The emulator from `express-whatsapp-gateway/testing` plays the gateway: it delivers signed webhooks to your app, and
 * takes its sends by the gateway's rules. Name the file `*.test.ts`; `createApp` stands for your own.
 *
 * Pitfalls:
 * - Give the emulator the app's secret, and the app the emulator's `url` as `baseUrl`: nothing has to be mocked, and a
 *   mocked `fetch` would not be used anyway.
 * - Make the app anew for each test, or its delivery store takes an equal message of the next one for a copy.
 * - With `vi.useFakeTimers()` real sockets wait for ever. Let the emulator's clock go instead: `gateway.clock.advance`.
 * - End it all: the server, the sender, the gateway.
 */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import { createSender, isSendError, type Sender, whatsappGatewayWebhook } from 'express-whatsapp-gateway';
import { type GatewayEmulator, startGatewayEmulator } from 'express-whatsapp-gateway/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';

const PATH = '/webhooks/whatsapp-gateway';
const secret = 'a signing secret for tests';

/** Your app: it answers messages, and writes to nobody who opted out. */
function createApp(sender: Sender, optOuts: Set<string>): Express {
  const webhook = whatsappGatewayWebhook({
    secret,
    onMessage: async (event) => {
      try {
        await sender.reply(event, { message: 'أهلاً! سنرد عليك قريبًا.', purpose: 'support' });
      } catch (error) {
        // Fail only where to do it again is safe: then the gateway brings the message back.
        if (!isSendError(error) || error.retryable) throw error;
      }
    },
    onOptOut: (_event, { phone }) => optOuts.add(phone),
  });
  return express().post(PATH, webhook);
}

let gateway: GatewayEmulator;
let sender: Sender;
let server: Server;

beforeEach(async () => {
  gateway = await startGatewayEmulator();
  const optOuts = new Set<string>();
  const { url: baseUrl, apiKey, instanceId } = gateway;
  sender = createSender({ baseUrl, apiKey, instanceId, isSuppressed: (phone) => optOuts.has(phone) });
  server = createApp(sender, optOuts).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  gateway.setWebhook({ url: `http://127.0.0.1:${port}${PATH}`, secret });
});

afterEach(async () => {
  server.close();
  await sender.close();
  await gateway.close();
});

it('answers a customer', async () => {
  const delivery = await gateway.customer('+966501234567').says('مرحبا');
  expect(delivery.attempts[0]?.status).toBe(200);
  const reply = await gateway.waitForMessage({ to: '+966501234567' });
  expect(reply.message).toContain('أهلاً');
});

it('answers once, though the gateway delivers twice', async () => {
  gateway.faults.add({ on: 'delivery', type: 'duplicate' });
  await gateway.customer('+966501234567').says('مرحبا');
  await gateway.idle();
  expect(gateway.messages).toHaveLength(1);
});

it('writes to nobody who opted out, however the number is spelt', async () => {
  await gateway.customer('966501234567').optsOut();
  const message = { phone: '+966501234567', message: 'طلبك جاهز.', purpose: 'transactional' } as const;
  await expect(sender.send(message)).rejects.toMatchObject({ code: 'recipient_suppressed' });
  expect(gateway.requests).toHaveLength(0);
});

it('refuses a forged delivery', async () => {
  const delivery = await gateway.deliver({ event: 'message.received' }, { signature: 'wrong' });
  expect(delivery.attempts[0]?.status).toBe(401);
});
