import { afterEach, describe, expect, test, vi } from 'vitest';
import type { SenderOptions } from '../../src/sender/options.ts';
import { resolveSenderOptions } from '../../src/sender/options.ts';
import { createSender } from '../../src/sender/sender.ts';

const REQUIRED = { apiKey: 'wg_live_1', instanceId: 'i' };

function resolve(options: SenderOptions = {}): ReturnType<typeof resolveSenderOptions> {
  return resolveSenderOptions({ ...REQUIRED, ...options });
}

function refusal(options: object): string {
  try {
    createSender({ ...REQUIRED, ...options });
  } catch (error) {
    if (error instanceof TypeError) return error.message;
  }
  throw new Error('It is accepted, or refused with something else than a TypeError.');
}

afterEach(() => vi.unstubAllEnvs());

describe('defaults', () => {
  test('are as documented', () => {
    expect(resolve()).toMatchObject({
      origin: 'https://evoapi.faisak.com',
      path: '/api/send-message',
      timeoutMs: 15_000,
      connectTimeoutMs: 5_000,
      connections: 8,
      retry: { unsent: 2, minDelayMs: 250, maxDelayMs: 5_000 },
      maxResponseBytes: 65_536,
      isSuppressed: undefined,
      proxy: undefined,
      dispatcher: undefined,
    });
  });

  test('stand for an option that is undefined', () => {
    const undefinedOptions = Object.fromEntries(
      Object.keys(resolve())
        .filter((name) => !['origin', 'path'].includes(name))
        .map((name) => [name, undefined]),
    );
    expect(resolve({ ...undefinedOptions, ...REQUIRED })).toEqual(resolve());
  });

  test('give way to each other in retry', () => {
    expect(resolve({ retry: { maxDelayMs: 100 } }).retry).toMatchObject({ minDelayMs: 100, maxDelayMs: 100 });
    expect(resolve({ retry: { minDelayMs: 9_000 } }).retry).toMatchObject({
      minDelayMs: 9_000,
      maxDelayMs: 9_000,
    });
    expect(resolve({ retry: { unsent: 0 } }).retry.unsent).toBe(0);
  });
});

describe('key and instance', () => {
  test('come from the environment where none is passed', () => {
    vi.stubEnv('WHATSAPP_GATEWAY_API_KEY', 'wg_live_env');
    vi.stubEnv('WHATSAPP_GATEWAY_INSTANCE_ID', 'inst-env');
    expect(resolveSenderOptions({})).toMatchObject({ apiKey: 'wg_live_env', instanceId: 'inst-env' });
    expect(resolve()).toMatchObject(REQUIRED);
    expect(() => createSender()).not.toThrow();
    expect(() => createSender({ apiKey: null as never })).toThrow('option apiKey is not a string');
    expect(() => createSender({ instanceId: null as never })).toThrow('option instanceId is null');
  });

  test('are asked for by the name of their variable', () => {
    vi.stubEnv('WHATSAPP_GATEWAY_API_KEY', '');
    vi.stubEnv('WHATSAPP_GATEWAY_INSTANCE_ID', undefined);
    expect(() => createSender()).toThrow(
      'createSender: there is no API key. Give option apiKey, or set environment variable WHATSAPP_GATEWAY_API_KEY; ' +
        "the key is in the gateway's dashboard.",
    );
    expect(() => createSender({ apiKey: 'x' })).toThrow(
      'createSender: there is no instance id. Give option instanceId, or set environment variable ' +
        'WHATSAPP_GATEWAY_INSTANCE_ID.',
    );
    vi.stubEnv('WHATSAPP_GATEWAY_API_KEY', undefined);
    vi.stubEnv('WHATSAPP_GATEWAY_INSTANCE_ID', '');
    expect(() => createSender()).toThrow('there is no API key.');
    expect(() => createSender({ apiKey: 'x' })).toThrow('there is no instance id.');
  });

  test('in the environment are checked too', () => {
    vi.stubEnv('WHATSAPP_GATEWAY_API_KEY', 'wg_live_env\n');
    expect(() => createSender({ instanceId: 'i' })).toThrow(
      'environment variable WHATSAPP_GATEWAY_API_KEY is empty, or has white space',
    );
  });

  test.each(['', ' ', 'a b', ' a', 'a ', 'a\n', 'ключ', 'a\x7f'])('%j is no key', (apiKey) => {
    expect(refusal({ apiKey })).toBe(
      'createSender: option apiKey is empty, or has white space or other characters in it that no key has. ' +
        "Copy the key from the gateway's dashboard again, and only the key: Bearer is added here.",
    );
  });

  test.each([7, null, {}])('%j is no key, nor text', (apiKey) => {
    expect(refusal({ apiKey })).toBe(
      "createSender: option apiKey is not a string. Copy the key from the gateway's dashboard again, and only the key: Bearer is added here.",
    );
  });

  test.each([
    ['', '""'],
    ['  ', '"  "'],
    [7, '7'],
    [null, 'null'],
  ])('%j is no instance', (instanceId, shown) => {
    expect(refusal({ instanceId })).toBe(
      `createSender: option instanceId is ${shown}. Give the instance's id from the gateway's dashboard.`,
    );
  });
});

describe('baseUrl', () => {
  test.each([
    ['https://gateway.example', 'https://gateway.example', '/api/send-message'],
    ['https://gateway.example:8443/', 'https://gateway.example:8443', '/api/send-message'],
    ['https://gateway.example/whatsapp/v1///', 'https://gateway.example', '/whatsapp/v1/api/send-message'],
    ['http://localhost:3000', 'http://localhost:3000', '/api/send-message'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000', '/api/send-message'],
    ['http://127.8.9.10', 'http://127.8.9.10', '/api/send-message'],
    ['http://[::1]:3000/x', 'http://[::1]:3000', '/x/api/send-message'],
  ])('%s is taken', (baseUrl, origin, path) => {
    expect(resolve({ baseUrl })).toMatchObject({ origin, path });
    expect(resolve({ baseUrl: new URL(baseUrl) })).toMatchObject({ origin, path });
  });

  test.each([
    ['http://gateway.example', 'Use https'],
    ['http://127.0.0.1.example', 'Use https'],
    ['http://localhost.example', 'Use https'],
    ['ftp://localhost', 'Use https'],
    ['https://gateway.example/api/send-message', 'Leave /api/send-message out: it is added here.'],
    ['https://gateway.example/v2/api/send-message/', 'Leave /api/send-message out'],
    ['https://gateway.example/?x=secret', 'query or a hash'],
    ['https://gateway.example/?', 'query or a hash'],
    ['https://gateway.example/#secret', 'query or a hash'],
    ['https://user:secret@gateway.example', 'credentials'],
    ['https://secret@gateway.example', 'credentials'],
    ['gateway.example', 'Give a whole URL'],
    ['user:secret@gateway.example', 'Use https'],
    ['//user:secret@gateway.example', 'Give a whole URL'],
    ['', 'Give a whole URL'],
    [null, 'Give a whole URL'],
    [7, 'Give a whole URL'],
  ])('%j is refused', (baseUrl, advice) => {
    const message = refusal({ baseUrl });
    expect(message).toMatch('createSender: option baseUrl is ');
    expect(message).toContain(advice);
    expect(message).not.toContain('=secret');
    expect(message).not.toContain('#secret');
    expect(message).not.toContain('//secret');
    expect(message).not.toContain(':secret');
  });
});

describe('proxy', () => {
  test('is an address, its credentials apart', () => {
    const { proxy } = resolve({ proxy: 'http://us%40er:p%3Aw@proxy.example:3128' });
    expect(proxy?.url.href).toBe('http://proxy.example:3128/');
    expect(proxy?.authorization).toBe(`Basic ${Buffer.from('us@er:p:w').toString('base64')}`);
    expect(resolve({ proxy: new URL('https://proxy.example') }).proxy).toMatchObject({
      authorization: undefined,
    });
  });

  test.each([
    ['socks5://user:secret@proxy.example', 'Give an http: or https: address'],
    ['http://user:secret@proxy.example/path', 'A proxy is an address only'],
    ['http://user:secret%@proxy.example', 'write it as %25'],
    ['user:secret@', 'Give a'],
    [7, 'Give a whole URL'],
  ])('%j is refused', (proxy, advice) => {
    const message = refusal({ proxy });
    expect(message).toMatch('createSender: option proxy is ');
    expect(message).toContain(advice);
    expect(message).not.toContain(':secret');
  });

  test('excludes a dispatcher', () => {
    expect(refusal({ proxy: 'http://proxy.example', dispatcher: { dispatch: () => true } })).toContain(
      'options proxy and dispatcher exclude each other',
    );
  });
});

describe('a whole number', () => {
  const MS = 'milliseconds from 1 to 2147483647, or leave it out for';
  const DELAY = 'milliseconds from 0 to 2147483647, or leave it out for';

  test.each([
    [{ timeoutMs: 0 }, 'createSender: option timeoutMs is 0', `${MS} 15000`],
    [{ connectTimeoutMs: 0 }, 'createSender: option connectTimeoutMs is 0', `${MS} 5000`],
    [
      { connections: 0 },
      'createSender: option connections is 0',
      'connections from 1 to 1024, or leave it out for 8',
    ],
    [
      { maxResponseBytes: 0 },
      'createSender: option maxResponseBytes is 0',
      'bytes from 1 to 67108864, or leave it out for 65536',
    ],
    [
      { retry: { unsent: -1 } },
      'createSender: option retry: option unsent is -1',
      'tries from 0 to 100, or leave it out for 2',
    ],
    [{ retry: { minDelayMs: -1 } }, 'createSender: option retry: option minDelayMs is -1', `${DELAY} 250`],
    [{ retry: { maxDelayMs: -1 } }, 'createSender: option retry: option maxDelayMs is -1', `${DELAY} 5000`],
  ])('out of %j is refused with its bounds', (options, refused, bounds) => {
    expect(refusal(options)).toBe(`${refused}. Give a whole number of ${bounds}.`);
  });

  test.each([
    [{ timeoutMs: 1 }, { timeoutMs: 2 ** 31 - 1 }],
    [{ connectTimeoutMs: 1 }, { connectTimeoutMs: 2 ** 31 - 1 }],
    [{ connections: 1 }, { connections: 1_024 }],
    [{ maxResponseBytes: 1 }, { maxResponseBytes: 67_108_864 }],
    [
      { retry: { unsent: 0, minDelayMs: 0, maxDelayMs: 0 } },
      { retry: { unsent: 100, minDelayMs: 2 ** 31 - 1, maxDelayMs: 2 ** 31 - 1 } },
    ],
  ])('is taken from %j to %j', (least, most) => {
    expect(resolve(least)).toMatchObject(least);
    expect(resolve(most)).toMatchObject(most);
  });
});

describe('the others', () => {
  test('are taken as they are', () => {
    const options = {
      isSuppressed: () => false,
      normalizePhone: (phone: string) => phone,
      dispatcher: { dispatch: () => true },
    };
    expect(resolve(options)).toMatchObject(options);
  });

  test.each([
    [{ timeoutMS: 1 }, 'Did you mean timeoutMs?'],
    [{ token: 'secret' }, 'there is no option "token"'],
    [{ retry: { unsend: 1 } }, 'Did you mean unsent?'],
    [{ retry: 3 }, 'option retry: the options are 3. Pass an object: { unsent: … }.'],
    [{ timeout: 1 }, 'Did you mean timeoutMs or connectTimeoutMs?'],
    [{ retry: null }, 'option retry: the options are null'],
    [{ retry: { unsent: -1 } }, 'option unsent is -1'],
    [{ retry: { unsent: 1.5 } }, 'option unsent is 1.5'],
    [
      { retry: { minDelayMs: 200, maxDelayMs: 100 } },
      'createSender: option retry: option minDelayMs is 200. Give at most maxDelayMs, which is 100.',
    ],
    [{ retry: { maxDelayMs: 7n } }, 'option maxDelayMs is 7'],
    [{ retry: { maxDelayMs: 'soon' } }, 'option maxDelayMs is "soon"'],
    [{ timeoutMs: 0 }, 'option timeoutMs is 0'],
    [{ timeoutMs: Number.POSITIVE_INFINITY }, 'option timeoutMs is Infinity'],
    [{ timeoutMs: 2 ** 31 }, 'option timeoutMs is 2147483648'],
    [{ timeoutMs: '15000' }, 'option timeoutMs is "15000"'],
    [{ connectTimeoutMs: Number.NaN }, 'option connectTimeoutMs is NaN'],
    [{ connections: 0 }, 'option connections is 0'],
    [{ maxResponseBytes: 0 }, 'option maxResponseBytes is 0'],
    [{ isSuppressed: true }, 'option isSuppressed is true'],
    [{ normalizePhone: 'sa' }, 'option normalizePhone is "sa"'],
    [
      { dispatcher: {} },
      "createSender: option dispatcher is an object. Give something of undici's with a dispatch function.",
    ],
    [{ dispatcher: { dispatch: true } }, 'option dispatcher is an object'],
    [{ dispatcher: null }, 'option dispatcher is null'],
    [{ dispatcher: Object.assign(() => true, { dispatch: () => true }) }, 'option dispatcher is a function'],
    [{ dispatcher: 'http://user:secret@proxy.example' }, 'option dispatcher is "(a text)"'],
  ])('%o is refused', (options, message) => {
    expect(refusal(options)).toContain(message);
  });

  test('an API key in place of the options is refused and not shown', () => {
    expect(() => createSender('wg_live_secret' as never)).toThrow(
      new TypeError('createSender: the options are a text. Pass an object: createSender({ apiKey: … }).'),
    );
  });
});
