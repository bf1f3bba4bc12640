/**
 * How to test your webhook and your sends with Jest, over real HTTP, with no account and no network.
 *
 * The emulator from `express-whatsapp-gateway/testing` plays the gateway. Here a customer writes and opts out; and a
 * single delivery is signed by hand, which takes no gateway. Name the file `*.test.ts`; `createApp` stands for your own.
 *
 * ```js
 * // jest.config.js
 * module.exports = { testEnvironment: 'node', transform: { '^.+\\.ts$': 'ts-jest' } };
 * ```
 *
 * Pitfalls:
 * - Jest runs CommonJS unless told otherwise, and the package has a CommonJS build: nothing goes into
 *   `transformIgnorePatterns` or `moduleNameMapper`.
 * - Where your tsconfig says `module: NodeNext` or `ESNext`, tell ts-jest otherwise: `['ts-jest', { tsconfig: { module:
 *   'CommonJS' } }]`.
 * - `testEnvironment: 'jsdom'` is not for servers. Where it is the default, begin the file with a comment
 *   `@jest-environment node`.
 * - With `jest.useFakeTimers()` real sockets wait for ever. Let the emulator's clock go instead: `gateway.clock.advance`.
 * - "Jest did not exit" means that something was left open: the server, the sender or the gateway.
 */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import express, { type Express } from 'express';
import { createSender, isSendError, type Sender, whatsappGatewayWebhook } from 'express-whatsapp-gateway';
import {
  type GatewayEmulator,
  recipientOptedOut,
  signWebhook,
  startGatewayEmulator,
} from 'express-whatsapp-gateway/testing';

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
let optOuts: Set<string>;
let server: Server;
let url: string;

beforeEach(async () => {
  gateway = await startGatewayEmulator();
  optOuts = new Set();
  const { url: baseUrl, apiKey, instanceId } = gateway;
  sender = createSender({ baseUrl, apiKey, instanceId, isSuppressed: (phone) => optOuts.has(phone) });
  server = createApp(sender, optOuts).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`;
  gateway.setWebhook({ url, secret });
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

it('writes to nobody who opted out, however the number is spelt', async () => {
  await gateway.customer('966501234567').optsOut();
  const message = { phone: '+966501234567', message: 'طلبك جاهز.', purpose: 'transactional' } as const;
  await expect(sender.send(message)).rejects.toMatchObject({ code: 'recipient_suppressed' });
  expect(gateway.requests).toHaveLength(0);
});

it('takes a delivery that was signed by hand, and refuses it an hour later', async () => {
  for (const [hoursAgo, status] of [[0, 200] as const, [1, 401] as const]) {
    const timestamp = Date.now() - hoursAgo * 3_600_000;
    const { headers, rawBody } = signWebhook({ secret, body: recipientOptedOut(), timestamp });
    const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(rawBody) });
    expect(response.status).toBe(status);
  }
  expect([...optOuts]).toEqual(['+966501234567']);
});
