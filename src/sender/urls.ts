import { invalidOption } from '../options.ts';
import { DEFAULT_BASE_URL, SEND_PATH } from '../protocol.ts';
import type { ProxyConfig } from './proxy.ts';

const NOT_SHOWN = '(not shown)';
const LOOPBACK_V4 = /^127(?:\.\d{1,3}){3}$/u;

/** Where requests go, in undici's terms. */
export interface BaseUrl {
  readonly origin: string;
  /** The path before the gateway's own, without a slash at its end. */
  readonly prefix: string;
}

/**
 * @throws TypeError unless it is https (or http to this machine) without credentials, query and hash.
 */
export function readBaseUrl(owner: string, option: string | URL | undefined): BaseUrl {
  const url = parseUrl(owner, 'baseUrl', option === undefined ? DEFAULT_BASE_URL : option);
  const refuse = (advice: string): TypeError => invalidOption(owner, 'baseUrl', withoutSecrets(url), advice);
  if (url.username !== '' || url.password !== '') {
    throw refuse(
      'It holds credentials (not shown here): leave them out, the API key is all the gateway asks for.',
    );
  }
  if (url.href.includes('?') || url.href.includes('#')) {
    throw refuse('It holds a query or a hash (not shown here): leave it out.');
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw refuse('Use https, or the API key is readable on the way; http is for this machine only.');
  }
  let prefix = url.pathname;
  while (prefix.endsWith('/')) prefix = prefix.slice(0, -1);
  if (prefix.endsWith(SEND_PATH)) throw refuse(`Leave ${SEND_PATH} out: it is added here.`);
  return { origin: url.origin, prefix };
}

/**
 * @throws TypeError unless it is an http or https address, with or without credentials.
 */
export function readProxy(owner: string, option: string | URL | undefined): ProxyConfig | undefined {
  if (option === undefined) return undefined;
  const url = parseUrl(owner, 'proxy', option);
  const refuse = (advice: string): TypeError => invalidOption(owner, 'proxy', withoutSecrets(url), advice);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw refuse('Give an http: or https: address; any other proxy goes into a dispatcher.');
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw refuse('A proxy is an address only: leave path, query and hash out.');
  }
  const address = new URL(url);
  address.username = '';
  address.password = '';
  if (url.username === '' && url.password === '')
    return { url: address, authorization: undefined, secrets: [] };
  try {
    const user = decodeURIComponent(url.username);
    const password = decodeURIComponent(url.password);
    const encoded = Buffer.from(`${user}:${password}`).toString('base64');
    return {
      url: address,
      authorization: `Basic ${encoded}`,
      secrets: [encoded, password, url.password],
    };
  } catch {
    throw refuse(
      'A percent sign in its user name or password (not shown here) is not escaped: write it as %25.',
    );
  }
}

function parseUrl(owner: string, option: string, value: string | URL): URL {
  // A URL of another realm (Jest's) is no instance of ours.
  const text: unknown = typeof value === 'object' && value !== null && 'href' in value ? value.href : value;
  if (typeof text === 'string' && URL.canParse(text)) return new URL(text);
  // Even a text that is no URL can hold a password.
  const shown = typeof text === 'string' ? (text.includes('@') ? NOT_SHOWN : text) : text;
  throw invalidOption(owner, option, shown, 'Give a whole URL, such as https://example.com.');
}

function withoutSecrets(url: URL): string {
  // `user:password@host` is a URL too, of the protocol `user:`.
  return url.host === '' ? NOT_SHOWN : `${url.protocol}//${url.host}${url.pathname}`;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || LOOPBACK_V4.test(hostname);
}
