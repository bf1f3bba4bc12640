import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { readBaseUrl, readProxy } from '../../src/sender/urls.ts';

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof TypeError) return error.message;
  }
  throw new Error('It is accepted, or refused with something else than a TypeError.');
}

/** A URL of another realm, as Jest makes one for every test file. */
function foreignUrl(href: string): URL {
  return runInNewContext('({ href })', { href }) as URL;
}

const WHOLE = 'Give a whole URL, such as https://example.com.';

describe('the refusal of a base URL', () => {
  test.each<[unknown, string]>([
    [
      'http://gateway.example/path',
      '"http://gateway.example/path". Use https, or the API key is readable on the way; http is for this machine only.',
    ],
    [
      'https://user:secret@gateway.example/path',
      '"https://gateway.example/path". It holds credentials (not shown here): leave them out, the API key is all the ' +
        'gateway asks for.',
    ],
    [
      'https://:secret@gateway.example',
      '"https://gateway.example/". It holds credentials (not shown here): leave them out, the API key is all the ' +
        'gateway asks for.',
    ],
    [
      'https://gateway.example/?token=secret',
      '"https://gateway.example/". It holds a query or a hash (not shown here): leave it out.',
    ],
    [
      'https://gateway.example/#secret',
      '"https://gateway.example/". It holds a query or a hash (not shown here): leave it out.',
    ],
    [
      'user:secret@gateway.example',
      '"(not shown)". Use https, or the API key is readable on the way; http is for this machine only.',
    ],
    ['//user:secret@gateway.example', `"(not shown)". ${WHOLE}`],
    ['gateway.example', `"gateway.example". ${WHOLE}`],
    ['', `"". ${WHOLE}`],
    [null, `null. ${WHOLE}`],
    [7, `7. ${WHOLE}`],
    [{ url: 'https://gateway.example' }, `an object. ${WHOLE}`],
    [['https://gateway.example'], `an array. ${WHOLE}`],
  ])('%j says what it is, and what to do', (baseUrl, message) => {
    expect(refusal(() => readBaseUrl('owner', baseUrl as string))).toBe(
      `owner: option baseUrl is ${message}`,
    );
  });
});

describe('the refusal of a proxy', () => {
  const ADDRESS = 'A proxy is an address only: leave path, query and hash out.';

  test.each<[unknown, string]>([
    [
      'socks5://user:secret@proxy.example',
      '"socks5://proxy.example". Give an http: or https: address; any other proxy goes into a dispatcher.',
    ],
    ['http://proxy.example/path', `"http://proxy.example/path". ${ADDRESS}`],
    ['http://proxy.example/?a=secret', `"http://proxy.example/". ${ADDRESS}`],
    ['http://proxy.example/#secret', `"http://proxy.example/". ${ADDRESS}`],
    [
      'http://user:secret%@proxy.example',
      '"http://proxy.example/". A percent sign in its user name or password (not shown here) is not escaped: write it ' +
        'as %25.',
    ],
    ['secret@', `"(not shown)". ${WHOLE}`],
    [7, `7. ${WHOLE}`],
  ])('%j says what it is, and what to do', (proxy, message) => {
    expect(refusal(() => readProxy('owner', proxy as string))).toBe(`owner: option proxy is ${message}`);
  });
});

describe('an address', () => {
  test.each(['https://gateway.example:8443/v1', 'http://localhost:1/v1', 'http://[::1]:1/v1'])(
    '%s is read from a URL of another realm too',
    (href) => {
      expect(readBaseUrl('owner', foreignUrl(href))).toEqual({ origin: new URL(href).origin, prefix: '/v1' });
      expect(readBaseUrl('owner', `${href}//`)).toEqual({ origin: new URL(href).origin, prefix: '/v1' });
    },
  );

  test('of the gateway stands for none', () => {
    expect(readBaseUrl('owner', undefined)).toEqual({ origin: 'https://evoapi.faisak.com', prefix: '' });
    expect(readProxy('owner', undefined)).toBeUndefined();
  });

  test.each([
    ['http://proxy.example', undefined, []],
    ['http://user@proxy.example', 'user:', ['']],
    ['https://:pass@proxy.example', ':pass', ['pass']],
    ['http://us%40er:p%3Aw@proxy.example', 'us@er:p:w', ['p:w', 'p%3Aw']],
  ])('%s of a proxy is told apart from its credentials', (proxy, credentials, passwords) => {
    const encoded = credentials === undefined ? undefined : Buffer.from(credentials).toString('base64');
    const read = readProxy('owner', proxy);
    expect(read?.url.href).toBe(`${new URL(proxy).protocol}//proxy.example/`);
    expect(read?.authorization).toBe(encoded === undefined ? undefined : `Basic ${encoded}`);
    expect(new Set(read?.secrets)).toEqual(new Set(encoded === undefined ? [] : [encoded, ...passwords]));
  });
});
