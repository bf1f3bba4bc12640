import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { memoryDeliveryStore } from 'express-whatsapp-gateway';
import { redisDeliveryStore } from 'express-whatsapp-gateway/redis';
import { messageReceived, recipientOptedOut, signWebhook } from 'express-whatsapp-gateway/testing';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startRedis, type TestRedis, whyNoRedis } from '../../../test/support/redis.ts';
import { whatsappLambda } from '../aws-lambda.ts';
import { BARE_PHONE, PHONE, SECRET } from './support/gateway.ts';

const OK = {
  statusCode: 200,
  body: 'ok',
  headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': '2' },
};

/** An event in payload format 2.0, as a function URL makes it. */
function eventOf(
  headers: Record<string, string>,
  body: string | undefined,
  isBase64Encoded: boolean,
  method = 'POST',
): APIGatewayProxyEventV2 {
  const path = '/webhooks/whatsapp-gateway';
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    headers,
    requestContext: {
      accountId: 'anonymous',
      apiId: 'abc',
      domainName: 'abc.lambda-url.me-south-1.on.aws',
      domainPrefix: 'abc',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: '' },
      requestId: 'id',
      routeKey: '$default',
      stage: '$default',
      time: '08/May/2026:10:00:00 +0000',
      timeEpoch: 1_778_234_400_000,
    },
    ...(body !== undefined && { body }),
    isBase64Encoded,
  };
}

function signedEvent(body: object, encoding: 'utf8' | 'base64', secret = SECRET): APIGatewayProxyEventV2 {
  const { headers, rawBody } = signWebhook({ secret, body });
  return eventOf(headers, rawBody.toString(encoding), encoding === 'base64');
}

it.each(['utf8', 'base64'] as const)('takes a body as %s, Arabic text included', async (encoding) => {
  const onMessage = vi.fn();
  const handler = whatsappLambda({ secret: SECRET, deliveries: memoryDeliveryStore(), onMessage });
  const body = messageReceived({ message_text: 'مرحبا، أين طلبي؟ 🚚' });
  expect(await handler(signedEvent(body, encoding))).toEqual(OK);
  expect(onMessage.mock.calls[0]?.[0]).toEqual(body);
});

it('takes headers in capitals, as the older format has them', async () => {
  const optedOut: string[] = [];
  const handler = whatsappLambda({
    secret: SECRET,
    deliveries: memoryDeliveryStore(),
    onOptOut: (_event, { phone }) => optedOut.push(phone),
  });
  const { headers, rawBody } = signWebhook({ secret: SECRET, body: recipientOptedOut({ from: BARE_PHONE }) });
  const capitals = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]),
  );
  expect(await handler(eventOf(capitals, rawBody.toString(), false))).toEqual(OK);
  expect(optedOut).toEqual([PHONE]);
});

it('refuses forged and empty deliveries and other methods', async () => {
  const onOptOut = vi.fn();
  const handler = whatsappLambda({ secret: SECRET, deliveries: memoryDeliveryStore(), onOptOut });
  const forged = await handler(signedEvent(recipientOptedOut(), 'base64', 'another secret'));
  expect([forged.statusCode, forged.body]).toEqual([401, '{"error":"invalid_signature"}']);
  expect((await handler(eventOf({}, undefined, false))).statusCode).toBe(401);
  expect((await handler(eventOf({}, undefined, false, 'GET'))).statusCode).toBe(405);
  expect(onOptOut).not.toHaveBeenCalled();
});

it('answers 500 and says why on the console when a handler fails', async () => {
  const shown = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const onOptOut = () => Promise.reject(new Error('no database'));
  const handler = whatsappLambda({ secret: SECRET, deliveries: memoryDeliveryStore(), onOptOut });
  expect((await handler(signedEvent(recipientOptedOut(), 'utf8'))).statusCode).toBe(500);
  expect(shown.mock.calls).toEqual([[expect.objectContaining({ code: 'handler_failed' })]]);
  shown.mockRestore();
});

const noRedis = whyNoRedis();
if (noRedis) console.warn(`Skipped, Lambda with Redis: ${noRedis}.`);

describe.skipIf(noRedis !== undefined)('two instances', () => {
  let server: TestRedis;

  beforeAll(async () => {
    server = await startRedis();
  });

  afterAll(() => server?.stop());

  it('handle a delivery once with Redis, and twice with a memory of their own', async () => {
    const connections: Redis[] = [];
    const redisStore = () => {
      const redis = new Redis(server.url);
      connections.push(redis);
      return redisDeliveryStore({ sendCommand: (...args) => redis.call(...args), prefix: server.prefix });
    };
    for (const [store, runs] of [
      [redisStore, 1],
      [memoryDeliveryStore, 2],
    ] as const) {
      const onOptOut = vi.fn();
      const instances = [store(), store()].map((deliveries) =>
        whatsappLambda({ secret: SECRET, deliveries, onOptOut }),
      );
      const event = signedEvent(recipientOptedOut(), 'base64');
      for (const instance of instances) expect(await instance(event)).toEqual(OK);
      expect(onOptOut).toHaveBeenCalledTimes(runs);
    }
    for (const connection of connections) connection.disconnect();
  });
});
