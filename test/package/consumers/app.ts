import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import {
  createSender,
  createWebhookReceiver,
  type DeliveryStore,
  isSendError,
  isWebhookError,
  type MessageReceivedEvent,
  memoryDeliveryStore,
  type Sender,
  verifyWebhook,
  type WebhookEvent,
  whatsappGatewayWebhook,
} from 'express-whatsapp-gateway';
import { type GatewayEmulator, signWebhook, startGatewayEmulator } from 'express-whatsapp-gateway/testing';

type ConnectHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;
interface Connect {
  use(path: string, handler: ConnectHandler): void;
}

const PATH = '/webhooks/whatsapp-gateway';
const secret = 'whsec_types';
const deliveries: DeliveryStore = memoryDeliveryStore();
const texts: string[] = [];

function textOf(event: WebhookEvent): string | undefined {
  if (event.event === 'message.received') return event.message_text;
  if (event.event === 'recipient.opted_out') return event.from;
  // @ts-expect-error: only a received message is known to have a text
  return event.message_text satisfies string;
}

async function main(): Promise<void> {
  const gateway: GatewayEmulator = await startGatewayEmulator();
  const { apiKey, instanceId, url: baseUrl } = gateway;
  const isSuppressed = (phone: string): boolean => phone === '+966500000000';
  const sender: Sender = createSender({ apiKey, instanceId, baseUrl, isSuppressed });

  const middleware = whatsappGatewayWebhook({
    secret,
    deliveries,
    onMessage: async (event: MessageReceivedEvent, { phone, signal }) => {
      texts.push(textOf(event) ?? '');
      assert.equal(phone satisfies string | undefined, '+966501234567');
      await sender.reply(event, { message: 'أهلا', purpose: 'support' }, { signal });
    },
    onOptOut: (_event, { timestamp }) => texts.push(timestamp.toISOString()),
  });
  const app = express();
  app.post(PATH, middleware);
  app.use('/again', middleware);
  app.use('/routed', express.Router().post('/', middleware));
  const connect: Connect = { use: () => undefined };
  connect.use(PATH, middleware);
  const plain = createServer(middleware);
  plain.unref();
  // @ts-expect-error: options are missing
  assert.throws(() => whatsappGatewayWebhook());
  const advert = { phone: '966501234567', message: 'm', purpose: 'marketing' } as const;
  // @ts-expect-error: no such purpose
  const refused: unknown = await sender.send(advert).catch((error) => error);
  assert.equal(isSendError(refused) && refused.outcome, 'not_sent');

  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  gateway.setWebhook({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`, secret });
  const { attempts } = await gateway.customer('+966501234567').says('مرحبا');
  assert.equal(attempts[0]?.status, 200);
  assert.deepEqual(texts, ['مرحبا']);
  assert.equal((await gateway.waitForMessage()).message, 'أهلا');

  const { headers, rawBody } = signWebhook({ secret, body: { event: 'message.received', from: '1' } });
  const receiver = createWebhookReceiver({ secret, onEvent: () => undefined });
  assert.equal((await receiver.receive({ headers, rawBody })).status, 400);
  try {
    verifyWebhook({ headers: new Headers(headers), rawBody, secret });
    assert.fail('an event without a text was accepted');
  } catch (error) {
    assert.equal(isWebhookError(error) && error.code, 'invalid_event');
  }

  await sender.close();
  await gateway.close();
  server.closeAllConnections();
  server.close();
}

main().then(() => console.log('done'));
