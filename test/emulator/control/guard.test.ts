import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { ControlError } from '../../../src/emulator/control/errors.ts';
import { createGuard } from '../../../src/emulator/control/guard.ts';
import { startGateway } from '../gateway.ts';
import { PREFIX } from './support/api.ts';
import { rawCall } from './support/raw-call.ts';

/** What the guard says of a call: nothing, or its code. */
function judge(
  headers: Record<string, string>,
  { listensAt = '127.0.0.1', method = 'POST', url = `${PREFIX}/reset` } = {},
): string | undefined {
  try {
    const request: Pick<IncomingMessage, 'headers' | 'method' | 'url'> = { headers, method, url };
    createGuard(listensAt)(request as IncomingMessage);
    return undefined;
  } catch (error) {
    return error instanceof ControlError ? error.code : String(error);
  }
}

describe('the Host header', () => {
  it.each([
    '127.0.0.1:4010',
    '127.0.0.1',
    'localhost:4010',
    'LOCALHOST',
    'app.localhost:1',
    '[::1]:4010',
    '127.8.9.1',
  ])('may be %s', (host) => {
    expect(judge({ host })).toBeUndefined();
  });

  it.each([
    'example.com',
    'evil.example:4010',
    'localhost.example.com',
    'notlocalhost',
    '127.0.0.1.example.com',
    '10.0.0.7:4010',
    '0.0.0.0:4010',
    '[::]:4010',
    'localhost@example.com',
    'example.com#localhost',
    'example.com/localhost',
    'local host',
    '',
  ])('may not be «%s»', (host) => {
    expect(judge({ host })).toBe('host_not_allowed');
  });

  it('may not be missing', () => {
    expect(judge({})).toBe('host_not_allowed');
  });

  it('may be the one that the emulator was started with', () => {
    expect(judge({ host: '192.168.1.5:4010' }, { listensAt: '192.168.1.5' })).toBeUndefined();
    expect(judge({ host: 'Desk.Example:4010' }, { listensAt: 'desk.example' })).toBeUndefined();
    expect(judge({ host: '[fd00::5]:4010' }, { listensAt: 'fd00::5' })).toBeUndefined();
    expect(judge({ host: '192.168.1.6:4010' }, { listensAt: '192.168.1.5' })).toBe('host_not_allowed');
  });

  it.each(['0.0.0.0', '::'])(
    'may be an address or a name without a dot where it listens at %s',
    (listensAt) => {
      for (const host of ['192.168.1.5:4010', 'emulator:4010', '[fd00::5]:4010', 'localhost']) {
        expect(judge({ host }, { listensAt })).toBeUndefined();
      }
      expect(judge({ host: 'evil.example:4010' }, { listensAt })).toBe('host_not_allowed');
    },
  );
});

describe('another site', () => {
  const host = '127.0.0.1:4010';

  it.each([
    {},
    { origin: 'http://127.0.0.1:4010' },
    { origin: 'http://127.0.0.1:4010', 'sec-fetch-site': 'same-origin' },
    { origin: 'https://127.0.0.1:4010' },
    { 'sec-fetch-site': 'none' },
  ])('is not behind %j', (headers) => {
    expect(judge({ host, ...headers })).toBeUndefined();
  });

  it.each([
    { origin: 'https://example.com' },
    { origin: 'http://127.0.0.1:3000' },
    { origin: 'http://localhost:4010' },
    { origin: 'null' },
    { origin: '' },
    { origin: 'http://127.0.0.1:4010@example.com' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'http://127.0.0.1:4010', 'sec-fetch-site': 'cross-site' },
  ])('is refused behind %j', (headers) => {
    expect(judge({ host, ...headers })).toBe('origin_not_allowed');
    expect(judge({ host, ...headers }, { method: 'GET', url: '/' })).toBe('origin_not_allowed');
  });

  it('may link to the page, and to nothing else', () => {
    const headers = {
      host,
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    expect(judge(headers, { method: 'GET', url: '/' })).toBeUndefined();
    expect(judge(headers, { method: 'POST', url: '/' })).toBe('origin_not_allowed');
    expect(judge(headers, { method: 'GET', url: `${PREFIX}/state` })).toBe('origin_not_allowed');
    const frame = { ...headers, 'sec-fetch-dest': 'iframe' };
    expect(judge(frame, { method: 'GET', url: '/' })).toBe('origin_not_allowed');
  });
});

describe('an emulator', () => {
  const json = { 'content-type': 'application/json' };

  it.each(['/', '/page.js', `${PREFIX}/state`, `${PREFIX}/events`, `${PREFIX}/nothing`, '/__emulator'])(
    'answers a foreign Host at %s with 421',
    async (path) => {
      const { url } = await startGateway();
      const { status, headers, text } = await rawCall(url, path, { headers: { host: 'evil.example' } });
      expect(status).toBe(421);
      expect(headers['content-type']).toBe('application/json');
      expect(JSON.parse(text)).toEqual({
        error: 'host_not_allowed',
        message: expect.stringContaining('127.0.0.1 or localhost'),
      });
    },
  );

  it('answers a foreign Origin with 403, and does nothing', async () => {
    const gateway = await startGateway();
    gateway.suppress('+966501234567');
    const headers = { ...json, origin: 'http://localhost:3000' };
    const { status, text } = await rawCall(gateway.url, `${PREFIX}/reset`, {
      method: 'POST',
      headers,
      body: '{}',
    });
    expect([status, JSON.parse(text).error]).toEqual([403, 'origin_not_allowed']);
    expect(gateway.state.suppressed).toHaveLength(1);
  });

  it('sends no CORS headers, not even to a preflight', async () => {
    const { url } = await startGateway();
    const asked = {
      origin: url,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    };
    for (const method of ['OPTIONS', 'GET', 'POST']) {
      for (const path of ['/', `${PREFIX}/state`, `${PREFIX}/messages`]) {
        const { status, headers } = await rawCall(url, path, { method, headers: asked });
        expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
        if (method === 'OPTIONS') expect([404, 405]).toContain(status);
      }
    }
  });

  it('lets nothing of an answer be sniffed, framed, kept or read elsewhere', async () => {
    const { url } = await startGateway();
    for (const path of [`${PREFIX}/state`, `${PREFIX}/nothing`, `${PREFIX}/openapi.json`]) {
      const { headers } = await rawCall(url, path);
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      });
    }
  });

  it('takes its own name where it listens everywhere', async () => {
    const gateway = await startGateway({ host: '0.0.0.0', allowRemote: true });
    const named = await rawCall(gateway.url, `${PREFIX}/health`, { headers: { host: 'emulator:4010' } });
    const rebound = await rawCall(gateway.url, `${PREFIX}/health`, { headers: { host: 'evil.example' } });
    expect([named.status, rebound.status]).toEqual([200, 421]);
  });
});
