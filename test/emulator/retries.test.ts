import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { verifyWebhook } from '../../src/webhook/verify.ts';
import { startApp } from './app.ts';
import { PHONE, SECRET, startGateway } from './gateway.ts';

const NOW = Date.parse('2026-05-08T10:00:00Z');
const now = (): number => NOW;
const TIMESTAMP = 'x-whatsapp-gateway-timestamp';

/** Fails so many times and then takes what comes. */
function failing(times: number, status = 500): RequestListener {
  let count = 0;
  return (_, response) => {
    count += 1;
    response.writeHead(count > times ? 200 : status).end();
  };
}

describe('a failed delivery', () => {
  it('is tried again on the clock, signed anew each time, until it is taken', async () => {
    const app = await startApp(failing(2));
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET }, now });
    const delivery = await gateway.customer(PHONE).says('x');
    expect(delivery).toMatchObject({ state: 'pending', nextAttemptAt: new Date(NOW + 5_000) });
    await gateway.clock.advance('5s');
    expect(delivery).toMatchObject({ state: 'pending', nextAttemptAt: new Date(NOW + 35_000) });
    await gateway.clock.advance('1h');
    expect(delivery).toMatchObject({ state: 'delivered', nextAttemptAt: undefined });
    expect(delivery.attempts.map(({ number, at, status }) => [number, at.getTime() - NOW, status])).toEqual([
      [1, 0, 500],
      [2, 5_000, 500],
      [3, 35_000, 200],
    ]);
    const timestamps = app.received.map(({ headers }) => headers[TIMESTAMP]);
    expect(timestamps).toEqual(['2026-05-08T10:00:00Z', '2026-05-08T10:00:05Z', '2026-05-08T10:00:35Z']);
    for (const { rawBody, headers } of app.received) {
      verifyWebhook({ rawBody, headers, secret: SECRET, now });
    }
  });

  it('is given up after the last retry', async () => {
    const app = await startApp(failing(99));
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET }, now });
    const delivery = await gateway.customer(PHONE).says('x');
    const settled = delivery.settled();
    await gateway.clock.advance('2d');
    expect(await settled).toBe(delivery);
    expect(delivery.state).toBe('failed');
    expect(delivery.attempts.map(({ at }) => at.getTime() - NOW)).toEqual([
      0, 5_000, 35_000, 155_000, 755_000,
    ]);
  });

  it.each([301, 400, 401, 404, 429, 503])('is one that is answered with %i', async (status) => {
    const app = await startApp(failing(1, status));
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET }, now });
    const delivery = await gateway.customer(PHONE).says('x');
    expect(delivery.state).toBe('pending');
    await gateway.clock.advance('5s');
    expect(delivery.state).toBe('delivered');
  });

  it.each([200, 201, 204])('is not one that is answered with %i', async (status) => {
    const app = await startApp((_, response) => response.writeHead(status).end());
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET }, now });
    expect((await gateway.customer(PHONE).says('x')).state).toBe('delivered');
  });

  it('is tried again by itself in real time', async () => {
    const app = await startApp(failing(2));
    const retries = { attempts: 4, delaysMs: [10, 20] };
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET }, retries });
    const delivery = await gateway.customer(PHONE).says('x');
    await delivery.settled();
    expect(delivery.attempts.map(({ status }) => status)).toEqual([500, 500, 200]);
  });

  it('is tried once where there are no retries, or where it is a probe', async () => {
    const app = await startApp(failing(99));
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET }, retries: false });
    expect((await gateway.customer(PHONE).says('x')).state).toBe('failed');
    const other = await startGateway({ webhook: { url: app.url, secret: SECRET } });
    expect((await other.deliver({}, { signature: 'wrong' })).state).toBe('failed');
    expect((await other.deliver({}, { timestamp: 0 })).state).toBe('failed');
    expect((await other.deliver({}, { retries: false })).state).toBe('failed');
  });

  it('has retries of its own where they are given', async () => {
    const app = await startApp(failing(1));
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET }, now, retries: false });
    const retries = { attempts: 2, delaysMs: [7] };
    const delivery = await gateway.deliver({}, { retries, signature: (right) => right });
    await gateway.clock.advance(7);
    expect(delivery.state).toBe('delivered');
  });

  it('is tried again at the address and with the secret that are set by then', async () => {
    const [wrong, right] = [await startApp(failing(99)), await startApp()];
    const gateway = await startGateway({ webhook: { url: wrong.url, secret: 'old' }, now });
    const delivery = await gateway.customer(PHONE).says('x');
    gateway.setWebhook({ url: right.url, secret: SECRET });
    await gateway.clock.advance('5s');
    expect(delivery.attempts.map(({ url }) => url)).toEqual([wrong.url, right.url]);
    const [{ rawBody, headers }] = right.received as [(typeof right.received)[0]];
    verifyWebhook({ rawBody, headers, secret: SECRET, now: gateway.clock.now });
  });

  it('fails where no webhook is set any more', async () => {
    const app = await startApp(failing(99));
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET }, now });
    const delivery = await gateway.customer(PHONE).says('x');
    gateway.update({ webhook: null });
    await gateway.clock.advance('5s');
    expect((await delivery.settled()).state).toBe('failed');
    expect(delivery.attempts).toHaveLength(1);
  });
});

describe('an app that is not there', () => {
  it('gets its delivery soon after it has come up', async () => {
    const server = createServer((_, response) => response.end('ok'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const webhook = { url: `http://127.0.0.1:${port}/`, secret: SECRET };
    const gateway = await startGateway({ webhook, retries: { delaysMs: [3_600_000] } });
    const delivery = await gateway.customer(PHONE).says('x');
    expect(delivery.attempts[0]?.hint).toBe(
      `Nothing listens at http://127.0.0.1:${port}. Start the app, or set the webhook to where it listens. ` +
        'It is delivered as soon as something does.',
    );
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    await delivery.settled();
    expect(delivery.state).toBe('delivered');
    expect(delivery.attempts).toHaveLength(2);
  });
});

describe('the timestamp', () => {
  it.each([
    ['iso', '2026-05-08T10:00:00Z'],
    ['seconds', '1778234400'],
    ['milliseconds', '1778234400000'],
  ] as const)('is written in the style %s', async (timestampStyle, text) => {
    const app = await startApp();
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET }, now, timestampStyle });
    const delivery = await gateway.customer(PHONE).says('x');
    const [{ rawBody, headers }] = app.received as [(typeof app.received)[0]];
    expect(headers[TIMESTAMP]).toBe(text);
    expect(verifyWebhook({ rawBody, headers, secret: SECRET, now }).timestamp).toEqual(new Date(NOW));
    expect(delivery.attempts[0]?.signature).toMatchObject({
      timestampHeader: text,
      signedText: `${text}.${rawBody}`,
      sent: headers['x-whatsapp-gateway-signature'],
      expected: headers['x-whatsapp-gateway-signature'],
      ageSeconds: 0,
    });
    gateway.update({ timestampStyle: 'iso', bodyStyle: 'js' });
    await gateway.customer(PHONE).says('ما');
    expect(app.received[1]?.headers[TIMESTAMP]).toBe('2026-05-08T10:00:00Z');
    expect(app.received[1]?.rawBody.toString()).toContain('ما');
  });
});
