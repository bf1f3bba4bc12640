import { Agent, request } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectRaw } from '../../support/raw-socket.ts';
import { startGateway } from '../gateway.ts';
import { PREFIX, startControlled } from './support/api.ts';
import { rawCall } from './support/raw-call.ts';

const LIMIT_BYTES = 2 * 1_024 * 1_024;
const writes = [
  ['PATCH', '/state'],
  ['POST', '/messages'],
  ['POST', '/opt-outs'],
  ['POST', '/deliveries'],
  ['POST', '/deliveries/emu_del_1/resend'],
  ['POST', '/faults'],
  ['POST', '/clock'],
  ['POST', '/reset'],
] as const;

describe.each(writes)('%s %s', (method, path) => {
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/jsonp',
    'application/json5',
    'text/json',
    '',
  ])('does not take %s', async (type) => {
    const { api } = await startControlled();
    const { status, body } = await api.call(method, path, '{}', { 'content-type': type });
    expect([status, body]).toEqual([
      415,
      { error: 'unsupported_content_type', message: 'Send JSON with Content-Type: application/json.' },
    ]);
  });

  it('takes nothing compressed', async () => {
    const { api } = await startControlled();
    const { status, body } = await api.call(method, path, '{}', { 'content-encoding': 'gzip' });
    expect([status, body]).toMatchObject([415, { error: 'unsupported_content_encoding' }]);
  });

  it.each(['{', '', '[]', 'null', '"text"', '7', '{"a":1}x', '\u{feff}{}'])(
    'does not take «%s»',
    async (text) => {
      const { api } = await startControlled();
      if (text === '' && path === '/reset') return;
      const [status, code] = await api.refusal(method, path, text);
      const isMissing = path.includes('resend') && code === 'not_found';
      if (text === '' && path === '/state') expect(status).toBe(200);
      else expect([status, isMissing]).toEqual([400, false]);
    },
  );

  it('does not take what is not UTF-8', async () => {
    const { url } = await startGateway();
    const headers = { 'content-type': 'application/json' };
    const body = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
    const { status, text } = await rawCall(url, PREFIX + path, { method, headers, body });
    expect([status, JSON.parse(text)]).toEqual([
      400,
      { error: 'invalid_json', message: expect.stringContaining('the body is not JSON in UTF-8.') },
    ]);
  });

  it('answers a body that is too large so that its sender can read it', async () => {
    const { url } = await startGateway();
    const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    const body = Buffer.alloc(LIMIT_BYTES * 8, 0x20);
    const { status, text } = await rawCall(url, PREFIX + path, { method, headers, body });
    expect([status, JSON.parse(text).error]).toEqual([413, 'body_too_large']);
  });
});

describe('a write', () => {
  it('may name its charset, in any case', async () => {
    const { api } = await startControlled();
    const headers = { 'content-type': 'Application/JSON; charset=UTF-8' };
    expect((await api.call('POST', '/reset', '{}', headers)).status).toBe(200);
  });

  it('may have exactly as many bytes as are allowed', async () => {
    const { api } = await startControlled();
    expect((await api.call('POST', '/reset', `{${' '.repeat(LIMIT_BYTES - 2)}}`)).status).toBe(200);
    expect((await api.call('POST', '/reset', `{${' '.repeat(LIMIT_BYTES - 1)}}`)).status).toBe(413);
  });

  it('that is refused before it was read leaves its connection usable', async () => {
    const { url } = await startGateway();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const call = (headers: Record<string, string>): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const outgoing = request(`${url}${PREFIX}/reset`, { method: 'POST', headers, agent }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode));
        });
        outgoing.on('error', reject).end(' '.repeat(LIMIT_BYTES));
      });
    const json = { 'content-type': 'application/json' };
    expect(await call({ 'content-type': 'text/plain' })).toBe(415);
    expect(await call({ ...json, origin: 'https://example.com' })).toBe(403);
    expect(await call({ ...json, host: 'example.com' })).toBe(421);
    expect(await call(json)).toBe(400);
  });

  it('whose sender goes away in the middle does no harm', async () => {
    const { api, gateway } = await startControlled();
    const client = await connectRaw({ port: Number(new URL(gateway.url).port) } as Parameters<
      typeof connectRaw
    >[0]);
    client.socket.write(
      `POST ${PREFIX}/reset HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
    );
    client.socket.destroy();
    await client.closed;
    expect((await api.call('GET', '/health')).status).toBe(200);
  });
});

describe('an address', () => {
  it.each([
    '/',
    '',
    '/state/',
    '//state',
    '/State',
    '/deliveries//resend',
    '/deliveries/',
    '/events/1',
    '/v1/state',
  ])('that does not exist, such as «%s», says where they are listed', async (path) => {
    const { url } = await startGateway();
    const { status, text } = await rawCall(url, PREFIX + path);
    expect([status, JSON.parse(text)]).toEqual([
      404,
      {
        error: 'not_found',
        message: 'There is nothing at this address. The addresses are in /__emulator/v1/openapi.json.',
      },
    ]);
  });

  it.each([
    ['DELETE', '/state', 'GET, HEAD, PATCH'],
    ['PUT', '/messages', 'GET, HEAD, POST'],
    ['GET', '/opt-outs', 'POST'],
    ['POST', '/requests', 'GET, HEAD'],
    ['GET', '/faults/emu_fault_1', 'DELETE'],
    ['POST', '/events', 'GET, HEAD'],
    ['OPTIONS', '/clock', 'GET, HEAD, POST'],
    ['DELETE', '/deliveries/x/resend', 'POST'],
  ])('says to %s %s what it takes', async (method, path, allow) => {
    const { url } = await startGateway();
    const { status, headers, text } = await rawCall(url, PREFIX + path, { method });
    expect([status, headers.allow]).toEqual([405, allow]);
    expect(JSON.parse(text)).toEqual({
      error: 'method_not_allowed',
      message: `This address takes ${allow}.`,
    });
  });

  it('answers HEAD as GET, with no body', async () => {
    const { url } = await startGateway();
    for (const path of ['/state', '/messages', '/events', '/openapi.json']) {
      const { status, text } = await rawCall(url, PREFIX + path, { method: 'HEAD' });
      expect([status, text]).toEqual([200, '']);
    }
  });
});
