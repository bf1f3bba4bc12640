import { checkOptionNames, functionOption, integerOption, invalidOption } from '../options.ts';
import { normalizePhone } from '../phone.ts';
import { refuseEmulatorValue } from '../production.ts';
import {
  API_KEY_VARIABLE,
  DEFAULT_CONNECT_TIMEOUT_MS,
  DEFAULT_CONNECTIONS,
  DEFAULT_MAX_DELAY_MS,
  DEFAULT_MAX_RESPONSE_BYTES,
  DEFAULT_MIN_DELAY_MS,
  DEFAULT_SEND_TIMEOUT_MS,
  DEFAULT_UNSENT_RETRIES,
  INSTANCE_ID_VARIABLE,
  MAX_CONNECTIONS,
  MAX_RESPONSE_BYTES,
  MAX_TIMER_MS,
  MAX_UNSENT_RETRIES,
  SEND_PATH,
} from '../protocol.ts';
import type { SendDispatcher } from './exchange.ts';
import type { ProxyConfig } from './proxy.ts';
import type { RetryTiming } from './retry.ts';
import { readBaseUrl, readProxy } from './urls.ts';

/** How sends that provably never left are tried again. */
export interface SendRetryOptions {
  /**
   * How many more tries there are for a send that was provably not written: 0 to 100. A send that may have gone
   * out, and one the gateway refused, is never tried again whatever this says.
   *
   * @default 2
   */
  unsent?: number | undefined;
  /**
   * The longest wait before the first of them, in milliseconds; it doubles with each, and the wait is a random part
   * of it.
   *
   * @default 250
   */
  minDelayMs?: number | undefined;
  /**
   * The longest wait before any of them, in milliseconds.
   *
   * @default 5_000
   */
  maxDelayMs?: number | undefined;
}

/**
 * Asks whether a recipient must not be written to.
 *
 * @param phone The recipient in E.164 with a plus sign, however the caller spelled it.
 * @param context Its `signal` is aborted when the send has to end.
 */
export type SuppressionCheck = (
  phone: string,
  context: { readonly signal: AbortSignal },
) => boolean | PromiseLike<boolean>;

/** What {@link createSender} takes. */
export interface SenderOptions {
  /**
   * The API key from the gateway's dashboard. It shows in no error, log or inspection.
   *
   * @default process.env.WHATSAPP_GATEWAY_API_KEY
   */
  apiKey?: string | undefined;
  /**
   * The instance that sends, unless a call names another.
   *
   * @default process.env.WHATSAPP_GATEWAY_INSTANCE_ID
   */
  instanceId?: string | undefined;
  /**
   * Where the gateway answers; a path is put before the gateway's own. https, or http to this machine only; without
   * credentials, query and hash. Redirects are never followed.
   *
   * @default 'https://evoapi.faisak.com'
   */
  baseUrl?: string | URL | undefined;
  /**
   * How many milliseconds a whole send may take: the suppression check, the wait for a connection, every try and
   * the waits between them included.
   *
   * @default 15_000
   */
  timeoutMs?: number | undefined;
  /**
   * How many milliseconds one connection may take to be made, TLS and a proxy's tunnel included, the wait for a free
   * one not. Has no effect on a `dispatcher`.
   *
   * @default 5_000
   */
  connectTimeoutMs?: number | undefined;
  /**
   * How many connections are kept at the most; one carries one send at a time, the others wait. Has no effect on a
   * `dispatcher`.
   *
   * @default 8
   */
  connections?: number | undefined;
  /**
   * How sends that provably never left are tried again.
   *
   * @default { unsent: 2, minDelayMs: 250, maxDelayMs: 5_000 }
   */
  retry?: Readonly<SendRetryOptions> | undefined;
  /**
   * Asks your own records whether a recipient must not be written to, before every try. `true` refuses the send;
   * anything but `true` and `false`, and an error, refuses it too.
   *
   * @default nobody is asked; the gateway still refuses whom it knows
   */
  isSuppressed?: SuppressionCheck | undefined;
  /**
   * Brings a phone number to E.164, or answers `undefined` where it cannot be one. For national formats, such as
   * `05…`.
   *
   * @default normalizePhone
   */
  normalizePhone?: ((phone: string) => string | undefined) | undefined;
  /**
   * A forward proxy, `http:` or `https:`, with or without `user:password@`. It is asked for a tunnel (CONNECT) and
   * sees neither key nor message. Not together with `dispatcher`.
   *
   * @default none
   */
  proxy?: string | URL | undefined;
  /**
   * Carries the requests instead of the sender's own connections: a Pool, Agent, ProxyAgent or MockAgent of undici,
   * or Node's own global one. It is never closed here. One that retries or redirects is kept from sending a message
   * twice: the body it is given can be written once (a mock sees it as text: match it with a function or a
   * regular expression). Not together with `proxy`.
   *
   * @default connections of the sender's own
   */
  dispatcher?: SendDispatcher | undefined;
  /**
   * How many bytes of an answer are read; a larger one counts as unreadable.
   *
   * @default 65_536
   */
  maxResponseBytes?: number | undefined;
}

/** Everything resolved, once, when the sender is made. */
export interface SenderConfig {
  readonly apiKey: string;
  readonly instanceId: string;
  readonly origin: string;
  readonly path: string;
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly connections: number;
  readonly retry: RetryTiming & { readonly unsent: number };
  readonly isSuppressed: SuppressionCheck | undefined;
  readonly normalizePhone: (phone: string) => string | undefined;
  readonly proxy: ProxyConfig | undefined;
  readonly dispatcher: SendDispatcher | undefined;
  readonly maxResponseBytes: number;
}

const OWNER = 'createSender';
const OPTIONS: readonly (keyof SenderOptions)[] = [
  'apiKey',
  'instanceId',
  'baseUrl',
  'timeoutMs',
  'connectTimeoutMs',
  'connections',
  'retry',
  'isSuppressed',
  'normalizePhone',
  'proxy',
  'dispatcher',
  'maxResponseBytes',
];
const RETRY_OPTIONS: readonly (keyof SendRetryOptions)[] = ['unsent', 'minDelayMs', 'maxDelayMs'];
const API_KEY = /^[\x21-\x7e]+$/u;
const MS = 'milliseconds';

/**
 * Checks and completes the options.
 *
 * @throws TypeError naming the option that cannot be used; never showing a key, or credentials in a URL.
 */
export function resolveSenderOptions(options: Readonly<SenderOptions>): SenderConfig {
  checkOptionNames(OWNER, options, OPTIONS);
  const { origin, prefix } = readBaseUrl(OWNER, options.baseUrl);
  const proxy = readProxy(OWNER, options.proxy);
  const dispatcher = readDispatcher(options.dispatcher);
  if (proxy !== undefined && dispatcher !== undefined) {
    throw new TypeError(
      `${OWNER}: options proxy and dispatcher exclude each other. A dispatcher connects as it likes: give it the proxy.`,
    );
  }
  return {
    apiKey: readApiKey(options.apiKey),
    instanceId: readInstanceId(options.instanceId),
    origin,
    path: `${prefix}${SEND_PATH}`,
    timeoutMs: readTimeout(OWNER, options.timeoutMs, DEFAULT_SEND_TIMEOUT_MS),
    connectTimeoutMs: integerOption(OWNER, 'connectTimeoutMs', options.connectTimeoutMs, {
      min: 1,
      max: MAX_TIMER_MS,
      fallback: DEFAULT_CONNECT_TIMEOUT_MS,
      unit: MS,
    }),
    connections: integerOption(OWNER, 'connections', options.connections, {
      min: 1,
      max: MAX_CONNECTIONS,
      fallback: DEFAULT_CONNECTIONS,
      unit: 'connections',
    }),
    retry: readRetry(options.retry),
    isSuppressed: functionOption(OWNER, 'isSuppressed', options.isSuppressed),
    normalizePhone: functionOption(OWNER, 'normalizePhone', options.normalizePhone) ?? normalizePhone,
    proxy,
    dispatcher,
    maxResponseBytes: integerOption(OWNER, 'maxResponseBytes', options.maxResponseBytes, {
      min: 1,
      max: MAX_RESPONSE_BYTES,
      fallback: DEFAULT_MAX_RESPONSE_BYTES,
      unit: 'bytes',
    }),
  };
}

/** How long a send may take; also given per call. */
export function readTimeout(owner: string, value: number | undefined, fallback: number): number {
  return integerOption(owner, 'timeoutMs', value, { min: 1, max: MAX_TIMER_MS, fallback, unit: MS });
}

function readApiKey(option: string | undefined): string {
  const source = option === undefined ? `environment variable ${API_KEY_VARIABLE}` : 'option apiKey';
  const value: unknown = option === undefined ? process.env[API_KEY_VARIABLE] : option;
  if (option === undefined && (value === undefined || value === '')) {
    throw new TypeError(
      `${OWNER}: there is no API key. Give option apiKey, or set ${source}; the key is in the gateway's dashboard.`,
    );
  }
  if (typeof value === 'string' && API_KEY.test(value)) {
    refuseEmulatorValue(OWNER, source, value);
    return value;
  }
  // The value stays unseen: half a key, or one with a line break after it, is still a key.
  throw new TypeError(
    `${OWNER}: ${source} is ${typeof value === 'string' ? 'empty, or has white space or other characters in it that no key has' : 'not a string'}. ` +
      "Copy the key from the gateway's dashboard again, and only the key: Bearer is added here.",
  );
}

function readInstanceId(option: string | undefined): string {
  const value: unknown = option === undefined ? process.env[INSTANCE_ID_VARIABLE] : option;
  if (option === undefined && (value === undefined || value === '')) {
    throw new TypeError(
      `${OWNER}: there is no instance id. Give option instanceId, or set environment variable ${INSTANCE_ID_VARIABLE}.`,
    );
  }
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw invalidOption(OWNER, 'instanceId', value, "Give the instance's id from the gateway's dashboard.");
}

function readRetry(option: Readonly<SendRetryOptions> | undefined): SenderConfig['retry'] {
  const owner = `${OWNER}: option retry`;
  const retry = option === undefined ? {} : option;
  checkOptionNames(owner, retry, RETRY_OPTIONS);
  const delay = (name: 'minDelayMs' | 'maxDelayMs', fallback: number): number =>
    integerOption(owner, name, retry[name], { min: 0, max: MAX_TIMER_MS, fallback, unit: MS });
  const unsent = integerOption(owner, 'unsent', retry.unsent, {
    min: 0,
    max: MAX_UNSENT_RETRIES,
    fallback: DEFAULT_UNSENT_RETRIES,
    unit: 'tries',
  });
  const mostMs = delay('maxDelayMs', DEFAULT_MAX_DELAY_MS);
  const minDelayMs = delay('minDelayMs', Math.min(DEFAULT_MIN_DELAY_MS, mostMs));
  const maxDelayMs = retry.maxDelayMs === undefined ? Math.max(mostMs, minDelayMs) : mostMs;
  if (minDelayMs > maxDelayMs) {
    throw invalidOption(owner, 'minDelayMs', minDelayMs, `Give at most maxDelayMs, which is ${maxDelayMs}.`);
  }
  return { unsent, minDelayMs, maxDelayMs };
}

function readDispatcher(option: SendDispatcher | undefined): SendDispatcher | undefined {
  if (option === undefined) return undefined;
  const value: unknown = option;
  if (
    typeof value === 'object' &&
    value !== null &&
    'dispatch' in value &&
    typeof value.dispatch === 'function'
  ) {
    return option;
  }
  // Not shown: a text may be the address of a proxy, with its password.
  const shown = typeof value === 'string' ? '(a text)' : value;
  throw invalidOption(OWNER, 'dispatcher', shown, "Give something of undici's with a dispatch function.");
}
