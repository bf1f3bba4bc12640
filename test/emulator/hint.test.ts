import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hintAt } from '../../src/emulator/hint.ts';
import { whatsappGatewayWebhook } from '../../src/webhook/middleware.ts';
import { startApp } from './app.ts';
import { PHONE, SECRET, startGateway } from './gateway.ts';

const base = {
  url: 'http://127.0.0.1:3000/webhook',
  headers: {},
  body: undefined,
  status: undefined,
  error: undefined,
  clockOffsetMs: 0,
  isRetried: false,
};

describe('the hint of an answer', () => {
  it.each([
    [200, '', undefined],
    [401, '', 'WHATSAPP_GATEWAY_WEBHOOK_SECRET'],
    [401, '{"error":"invalid_signature"}', 'whatsappGatewayWebhook({ secret: process.env'],
    [403, '<html>', 'mount the webhook above express.json()'],
    [401, '{"error":"timestamp_out_of_range"}', 'run NTP'],
    [401, '{"error":"missing_header"}', 'drops headers'],
    [404, 'Cannot POST /webhook', 'no POST route at /webhook'],
    [405, '', 'no POST route'],
    [302, '', 'Redirects are not followed'],
    [413, '', 'bodyLimitBytes'],
    [415, '', 'application/json'],
    [422, '{"error":"odd"}', 'The app refused it: odd.'],
    [422, 'null', 'The app refused it.'],
    [500, '{"error":"raw_body_unavailable"}', 'above express.json()'],
    [500, '{"error":"handler_failed"}', 'handler threw'],
    [503, '{"error":"handler_timeout"}', 'queue slow work'],
    [500, 'oops', "app's log"],
  ])('%i %s', (status, body, hint) => {
    const given = hintAt({ ...base, status, body });
    if (hint === undefined) expect(given).toBeUndefined();
    else expect(given).toContain(hint);
  });

  it('is the clock where the emulator’s was moved', () => {
    const body = '{"error":"timestamp_out_of_range"}';
    expect(hintAt({ ...base, status: 401, body, clockOffsetMs: 1 })).toContain('now: gateway.clock.now');
  });
});

describe('the hint of an error', () => {
  it.each([
    ['ECONNREFUSED', 'Nothing listens at http://127.0.0.1:3000. Start the app'],
    ['ENOTFOUND', 'There is no host of this name'],
    ['ECONNRESET', 'closed the connection without an answer'],
    ['EOTHER', 'There was no whole answer: went wrong'],
  ])('%s', (code, hint) => {
    const error = Object.assign(new Error('went wrong'), { code });
    expect(hintAt({ ...base, error })).toContain(hint);
  });
});

describe('the hint of an attempt', () => {
  it('is right for an app with another secret', async () => {
    const app = createServer(whatsappGatewayWebhook({ secret: 'another' }));
    await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void app.close());
    const url = `http://127.0.0.1:${(app.address() as AddressInfo).port}/`;
    const gateway = await startGateway({ webhook: { url, secret: SECRET }, retries: false });
    const [attempt] = (await gateway.customer(PHONE).says('x')).attempts;
    expect(attempt).toMatchObject({ status: 401, body: '{"error":"invalid_signature"}' });
    expect(attempt?.hint).toContain('secret is not this emulator');
  });

  it.each(['wrong', 'missing', 'truncated'] as const)(
    'is none for a signature that is %s',
    async (signature) => {
      const app = await startApp((_, response) => response.writeHead(401).end());
      const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET } });
      expect((await gateway.deliver({}, { signature })).attempts[0]?.hint).toBeUndefined();
    },
  );

  it('is none where a fault was at work, and one afterwards', async () => {
    const app = await startApp((_, response) => response.writeHead(401).end());
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET }, retries: false });
    gateway.faults.add({ on: 'delivery', type: 'gzip' });
    expect((await gateway.deliver({})).attempts[0]?.hint).toBeUndefined();
    expect((await gateway.deliver({})).attempts[0]?.hint).toContain('secret is not this emulator');
  });
});
