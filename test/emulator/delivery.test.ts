import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startGatewayEmulator } from '../../src/emulator/emulator.ts';
import type { GatewayEmulator } from '../../src/emulator/gateway.ts';
import { messageReceived } from '../../src/testing/events.ts';
import { nodeDigest } from '../support/node-digest.ts';
import { type Received, startApp } from './app.ts';

const secret = 'whsec_سر';
const WELL_FORMED = /^sha256=[0-9a-f]{64}$/u;
const SIGNATURE = 'x-whatsapp-gateway-signature';

async function startGateway(url?: string): Promise<GatewayEmulator> {
  const gateway = await startGatewayEmulator(url === undefined ? {} : { webhook: { url, secret } });
  onTestFinished(() => gateway.close());
  return gateway;
}

/** Made again here, from what really arrived. */
function expectedSignature({ headers, rawBody }: Received): string {
  const timestamp = String(headers['x-whatsapp-gateway-timestamp']);
  return `sha256=${nodeDigest(secret, timestamp, rawBody)}`;
}

async function send(gateway: GatewayEmulator, phone: string): Promise<unknown> {
  const response = await fetch(`${gateway.url}/api/send-message`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      instance_id: gateway.instanceId,
      phone,
      message: 'x',
      message_purpose: 'support',
    }),
  });
  return ((await response.json()) as { error?: string }).error ?? 'sent';
}

describe('a customer who says something', () => {
  it('is delivered to the app, signed over the bytes that arrive', async () => {
    const app = await startApp();
    const gateway = await startGateway(app.url);
    const delivery = await gateway.customer('966501234567').says('أين طلبي؟ a/b');

    expect(app.received).toHaveLength(1);
    const [received] = app.received as [Received];
    expect(received).toMatchObject({ method: 'POST', path: '/webhook' });
    expect(received.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(received.rawBody.length),
      'x-whatsapp-gateway-event': 'message.received',
      [SIGNATURE]: expectedSignature(received),
    });
    expect(JSON.parse(received.rawBody.toString())).toEqual(delivery.event);
    expect(received.rawBody.toString()).toContain('\\u061f a\\/b');
    expect(delivery.rawBody).toEqual(received.rawBody);
    expect(delivery.event).toMatchObject({
      event: 'message.received',
      instance_id: gateway.instanceId,
      from: '966501234567',
      message_text: 'أين طلبي؟ a/b',
    });
    expect(delivery.attempts).toMatchObject([
      { number: 1, url: app.url, status: 200, body: 'ok', error: undefined, hint: undefined },
    ]);
    expect(delivery.attempts[0]?.durationMs).toBeTypeOf('number');
  });

  it('is refused at the line that spells the phone wrongly', async () => {
    const gateway = await startGateway();
    expect(() => gateway.customer('0501234567')).toThrow('customer: option phone is "0501234567"');
  });

  it('cannot be heard where no webhook is set, until one is', async () => {
    const app = await startApp();
    const gateway = await startGateway();
    const customer = gateway.customer('+966501234567');
    await expect(customer.says('x')).rejects.toThrow('No webhook is set.');
    gateway.setWebhook({ url: app.url, secret });
    expect((await customer.says('x')).attempts[0]?.status).toBe(200);
  });
});

describe('a customer who opts out', () => {
  it.each([
    ['+966501234567', '966501234567'],
    ['966501234567', '+966501234567'],
  ])('as %s is refused as %s too, and the app is told', async (phone, other) => {
    const app = await startApp();
    const gateway = await startGateway(app.url);
    expect(await send(gateway, phone)).toBe('sent');
    const delivery = await gateway.customer(phone).optsOut();
    expect(delivery.event).toMatchObject({ event: 'recipient.opted_out', from: phone });
    expect(app.received).toHaveLength(1);
    expect(await send(gateway, phone)).toBe('recipient_suppressed');
    expect(await send(gateway, other)).toBe('recipient_suppressed');
    expect(await send(gateway, '+966509999999')).toBe('sent');
  });

  it('is suppressed before the app hears of it, and also when the app fails', async () => {
    const heard: unknown[] = [];
    const app = await startApp(async (_, response) => {
      heard.push(await send(gateway, '+966501234567'));
      response.writeHead(500).end();
    });
    const gateway = await startGateway(app.url);
    const delivery = await gateway.customer('+966501234567').optsOut();
    expect(delivery.attempts[0]?.status).toBe(500);
    expect(heard).toEqual(['recipient_suppressed']);
    expect(await send(gateway, '+966501234567')).toBe('recipient_suppressed');
  });

  it('does so as a whole or not at all', async () => {
    const gateway = await startGateway();
    await expect(gateway.customer('+966501234567').optsOut()).rejects.toThrow('No webhook is set');
    expect(await send(gateway, '+966501234567')).toBe('sent');
  });
});

describe('deliver', () => {
  it.each([
    ['an object in the style asked for', { a: 'أ/' }, { bodyStyle: 'js' as const }, '{"a":"أ/"}'],
    ['an object in PHP style by default', { a: 'أ/' }, {}, '{"a":"\\u0623\\/"}'],
    ['a string as it is', '{"a": "أ/"}', {}, '{"a": "أ/"}'],
    ['bytes as they are', Buffer.from('\ufeff{}'), {}, '\ufeff{}'],
    ['nothing at all', '', {}, ''],
  ])('sends %s', async (_, event, options, text) => {
    const app = await startApp();
    const gateway = await startGateway(app.url);
    await gateway.deliver(event, options);
    const [received] = app.received as [Received];
    expect(received.rawBody).toEqual(Buffer.from(text));
    expect(received.headers[SIGNATURE]).toBe(expectedSignature(received));
  });

  it.each([
    ['a text', 'yesterday', 'yesterday'],
    ['a Date', new Date('2026-05-08T10:00:00Z'), '2026-05-08T10:00:00Z'],
  ])('signs with a timestamp given as %s', async (_, timestamp, text) => {
    const app = await startApp();
    const gateway = await startGateway(app.url);
    await gateway.deliver(messageReceived(), { timestamp });
    const [received] = app.received as [Received];
    expect(received.headers['x-whatsapp-gateway-timestamp']).toBe(text);
    expect(received.headers[SIGNATURE]).toBe(expectedSignature(received));
  });

  it('tampers with the signature when asked', async () => {
    const app = await startApp();
    const gateway = await startGateway(app.url);
    await gateway.deliver(messageReceived(), { signature: 'wrong' });
    await gateway.deliver(messageReceived(), { signature: 'missing' });
    await gateway.deliver(messageReceived(), { signature: 'truncated' });
    await gateway.deliver(messageReceived(), { signature: () => 'anything' });
    const [wrong, missing, truncated, anything] = app.received as [Received, Received, Received, Received];
    expect(wrong.headers[SIGNATURE]).toMatch(WELL_FORMED);
    expect(wrong.headers[SIGNATURE]).not.toBe(expectedSignature(wrong));
    expect(missing.headers).not.toHaveProperty(SIGNATURE);
    expect(truncated.headers[SIGNATURE]).toBe(expectedSignature(truncated).slice(0, -2));
    expect(anything.headers[SIGNATURE]).toBe('anything');
  });

  it('keeps the answer and follows no redirect', async () => {
    const app = await startApp((_, response) => response.writeHead(307, { location: '/other' }).end('moved'));
    const gateway = await startGateway(app.url);
    const { attempts } = await gateway.deliver(messageReceived());
    expect(attempts).toHaveLength(1);
    expect(attempts[0]).toMatchObject({ status: 307, headers: { location: '/other' }, body: 'moved' });
    expect(app.received).toHaveLength(1);
  });

  it('keeps 64 KiB of a long answer', async () => {
    const app = await startApp((_, response) => response.end('x'.repeat(1_000_000)));
    const gateway = await startGateway(app.url);
    const { attempts } = await gateway.deliver(messageReceived());
    expect(attempts[0]?.body).toHaveLength(65_536);
  });

  it('records an app that is not there', async () => {
    const gateway = await startGateway('http://127.0.0.1:1/webhook');
    const { attempts } = await gateway.deliver(messageReceived());
    expect(attempts).toMatchObject([{ status: undefined, error: { code: 'ECONNREFUSED' } }]);
    expect(attempts[0]?.error).toBeInstanceOf(Error);
    expect(attempts[0]?.durationMs).toBeTypeOf('number');
  });

  it('says in words why a host with several addresses is not there', async () => {
    const gateway = await startGateway('http://localhost:1/');
    const { attempts } = await gateway.deliver(messageReceived());
    expect(attempts[0]?.error).toMatchObject({ code: 'ECONNREFUSED' });
    expect(attempts[0]?.error?.message).toContain('connect ECONNREFUSED 127.0.0.1:1');
  });

  it.each([
    ['closes without an answer', ''],
    ['answers no HTTP', 'hello\r\n\r\n'],
    ['breaks off in its answer', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'],
    [
      'wants another protocol',
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
    ],
  ])('records an app that %s', async (_, bytes) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(bytes));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const gateway = await startGateway(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const { attempts } = await gateway.deliver(messageReceived());
    expect(attempts[0]?.error).toBeInstanceOf(Error);
  });

  it('delivers many at once', async () => {
    const app = await startApp();
    const gateway = await startGateway(app.url);
    const customer = gateway.customer('+966501234567');
    const deliveries = await Promise.all(Array.from({ length: 50 }, (_, n) => customer.says(`${n}`)));
    expect(deliveries.every(({ attempts }) => attempts[0]?.status === 200)).toBe(true);
    expect(app.received).toHaveLength(50);
  });

  it('refuses an option that does not exist or cannot be used', async () => {
    const gateway = await startGateway('http://127.0.0.1:1/');
    await expect(gateway.deliver({}, { signatur: 'wrong' } as never)).rejects.toThrow(
      'Did you mean signature',
    );
    await expect(gateway.deliver({}, { signature: 'bad' as never })).rejects.toThrow('signature is "bad"');
    await expect(gateway.deliver({}, { wait: 1 as never })).rejects.toThrow('wait is 1');
    await expect(gateway.deliver({}, { timestamp: Number.NaN })).rejects.toThrow('timestamp is NaN');
    await expect(gateway.deliver({}, { bodyStyle: 'xml' as never })).rejects.toThrow('bodyStyle is "xml"');
  });
});
