import { randomBytes } from 'node:crypto';
import { checkOptionNames, functionOption, integerOption, invalidOption } from '../options.ts';
import { EMULATOR_PREFIX, type fairUseLimits } from '../protocol.ts';
import { type BodyStyle, bodyStyles } from './encode-body.ts';
import { DEFAULT_HISTORY_LIMIT, MAX_HISTORY_LIMIT } from './limits.ts';
import { isLoopbackHost } from './loopback.ts';
import { type RetryOptions, resolveRetries } from './retries.ts';
import { type EmulatorWebhook, mask, resolveSecret, resolveWebhook } from './webhook-target.ts';

/**
 * A list of fair-use limits, or none. The limits of the first three are documented; `unlimited` is our own.
 *
 * @useDeclaredType
 */
export type Plan = keyof typeof fairUseLimits | 'unlimited';

/** Every {@link Plan}. */
export const plans: readonly Plan[] = ['starter', 'growth', 'scale', 'unlimited'];

/**
 * How the timestamp header is written: ISO 8601 with seconds, `2026-05-08T10:00:00Z`, as in the one example there
 * is; or as Unix seconds or milliseconds, which are assumed to be possible.
 */
export type TimestampStyle = 'iso' | 'seconds' | 'milliseconds';

/** Every {@link TimestampStyle}. */
export const timestampStyles: readonly TimestampStyle[] = ['iso', 'seconds', 'milliseconds'];

/** How many messages are taken in how many seconds. */
export interface Throttle {
  /** How many are taken. */
  limit: number;
  /** In how many seconds, counted back from each send. */
  perSeconds: number;
}

/** What an emulated gateway is started with; everything has a default. */
export interface GatewayEmulatorOptions {
  /** The key that sends must carry. @default a new one that begins with `emu_key_` */
  apiKey?: string;
  /** The account's one instance. @default 'emu_instance' */
  instanceId?: string;
  /** The address to listen at; others than loopback need `allowRemote`. @default '127.0.0.1' */
  host?: string;
  /** The port to listen at. @default 0, a free one */
  port?: number;
  /**
   * Allows what is not this machine: as `host`, and as the webhook's address. The emulator forges signed deliveries,
   * and whoever reaches it can make it do so.
   *
   * @default false
   */
  allowRemote?: boolean;
  /** Where deliveries go; can be set later by `setWebhook`. @default nowhere */
  webhook?: Readonly<EmulatorWebhook>;
  /** What deliveries are signed with, where `webhook` gives no secret. @default a new one, `emu_secret_…` */
  webhookSecret?: string;
  /** How events are written as JSON. @default 'php' */
  bodyStyle?: BodyStyle;
  /** How the timestamp header is written. @default 'iso' */
  timestampStyle?: TimestampStyle;
  /** The plan whose fair-use limits count. @default 'starter' */
  plan?: Plan;
  /** Takes so many messages in so many seconds; the gateway's own numbers are unknown. @default false, any number */
  throttle?: Readonly<Throttle> | false;
  /** How a failed attempt to deliver is tried again, or `false` for one attempt. @default 5 attempts in 13 minutes */
  retries?: Readonly<RetryOptions> | false;
  /** Makes the chance of faults with a `probability` repeatable: a whole number. @default 1 */
  seed?: number;
  /** The clock below the emulator's own, in milliseconds since 1970. @default Date.now */
  now?: () => number;
  /** How many messages, requests and deliveries are kept, of each; 64 MiB of each at the most. @default 1_000 */
  historyLimit?: number;
}

/** {@link GatewayEmulatorOptions}, checked and complete. */
export interface GatewayEmulatorConfig {
  readonly apiKey: string;
  readonly instanceId: string;
  readonly host: string;
  readonly port: number;
  readonly allowRemote: boolean;
  readonly webhookUrl: string | undefined;
  readonly webhookSecret: string;
  readonly bodyStyle: BodyStyle;
  readonly timestampStyle: TimestampStyle;
  readonly plan: Plan;
  readonly throttle: Readonly<Throttle> | undefined;
  readonly retryDelaysMs: readonly number[];
  readonly seed: number;
  readonly now: () => number;
  readonly historyLimit: number;
}

const OWNER = 'startGatewayEmulator';
const OPTIONS = [
  'apiKey',
  'instanceId',
  'host',
  'port',
  'allowRemote',
  'webhook',
  'webhookSecret',
  'bodyStyle',
  'timestampStyle',
  'plan',
  'throttle',
  'retries',
  'seed',
  'now',
  'historyLimit',
] as const satisfies (keyof GatewayEmulatorOptions)[];
const THROTTLE_OPTIONS = ['limit', 'perSeconds'] as const satisfies (keyof Throttle)[];
const KEY_BYTES = 12;
const DEFAULT_INSTANCE_ID = `${EMULATOR_PREFIX}instance`;
const DEFAULT_HOST = '127.0.0.1';
const MAX_PORT = 65_535;
const MAX_SEED: number = 2 ** 32 - 1;
const HEADER_TEXT = /^[\x21-\x7e]+$/u;

function makeKey(kind: string): string {
  return `${EMULATOR_PREFIX}${kind}_${randomBytes(KEY_BYTES).toString('hex')}`;
}

function resolveApiKey(value: unknown): string {
  if (value === undefined) return makeKey('key');
  if (typeof value === 'string' && HEADER_TEXT.test(value)) return value;
  throw invalidOption(
    OWNER,
    'apiKey',
    mask(value),
    'Give visible ASCII text with no space, or leave it out.',
  );
}

function resolveInstanceId(value: unknown): string {
  if (value === undefined) return DEFAULT_INSTANCE_ID;
  if (typeof value === 'string' && value !== '') return value;
  throw invalidOption(OWNER, 'instanceId', value, 'Give a text that is not empty, or leave it out.');
}

function resolveHost(value: unknown, allowRemote: boolean): string {
  if (value === undefined) return DEFAULT_HOST;
  if (typeof value !== 'string' || value === '') {
    throw invalidOption(OWNER, 'host', value, 'Give an address to listen at, such as 127.0.0.1.');
  }
  if (allowRemote || isLoopbackHost(value)) return value;
  const why = 'the emulator forges signed deliveries for whoever reaches it';
  throw invalidOption(OWNER, 'host', value, `Give a loopback address (${why}), or set allowRemote.`);
}

function resolvePort(value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_PORT) return value;
  throw invalidOption(OWNER, 'port', value, `Give a whole number from 0 (a free port) to ${MAX_PORT}.`);
}

/** @throws TypeError for anything but `true`, `false` and, for the fallback, `undefined`. */
export function resolveFlag(owner: string, name: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value === 'boolean') return value;
  throw invalidOption(owner, name, value, 'Give true or false.');
}

/**
 * One of several words, or the one to fall back on where none was passed.
 *
 * @throws TypeError for anything else.
 */
export function resolveWord<Word extends string>(
  owner: string,
  name: string,
  value: unknown,
  words: readonly Word[],
  fallback: Word,
): Word {
  if (value === undefined) return fallback;
  const word = words.find((known) => known === value);
  if (word !== undefined) return word;
  throw invalidOption(owner, name, value, `Give one of ${words.join(', ')}.`);
}

/** @throws TypeError for anything but a style of JSON and, for the fallback, `undefined`. */
export function resolveBodyStyle(owner: string, value: unknown, fallback: BodyStyle): BodyStyle {
  return resolveWord(owner, 'bodyStyle', value, bodyStyles, fallback);
}

/** @throws TypeError when it is neither `false` (or nothing) nor a usable pair of numbers. */
export function resolveThrottle(owner: string, value: unknown): Readonly<Throttle> | undefined {
  if (value === undefined || value === null || value === false) return undefined;
  const name = `${owner}: option throttle`;
  checkOptionNames(name, value, THROTTLE_OPTIONS);
  const { limit, perSeconds } = value as Partial<Throttle>;
  const most = Number.MAX_SAFE_INTEGER;
  if (typeof perSeconds !== 'number' || !(perSeconds > 0) || !Number.isFinite(perSeconds)) {
    throw invalidOption(name, 'perSeconds', perSeconds, 'Give a number of seconds above 0.');
  }
  if (limit === undefined) throw invalidOption(name, 'limit', limit, 'Give how many messages are taken.');
  const bounds = { min: 0, max: most, fallback: 0, unit: 'messages' };
  return { limit: integerOption(name, 'limit', limit, bounds), perSeconds };
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws TypeError when an option is unknown or cannot be used.
 */
export function resolveOptions(options: Readonly<GatewayEmulatorOptions>): GatewayEmulatorConfig {
  checkOptionNames(OWNER, options, OPTIONS);
  const allowRemote = resolveFlag(OWNER, 'allowRemote', options.allowRemote, false);
  const secret =
    options.webhookSecret === undefined
      ? makeKey('secret')
      : resolveSecret(OWNER, 'webhookSecret', options.webhookSecret);
  const webhook =
    options.webhook === undefined
      ? undefined
      : resolveWebhook(`${OWNER} webhook`, options.webhook, { allowRemote, secret });
  return {
    apiKey: resolveApiKey(options.apiKey),
    instanceId: resolveInstanceId(options.instanceId),
    host: resolveHost(options.host, allowRemote),
    port: resolvePort(options.port),
    allowRemote,
    webhookUrl: webhook?.url,
    webhookSecret: webhook?.secret ?? secret,
    bodyStyle: resolveBodyStyle(OWNER, options.bodyStyle, 'php'),
    timestampStyle: resolveWord(OWNER, 'timestampStyle', options.timestampStyle, timestampStyles, 'iso'),
    plan: resolveWord(OWNER, 'plan', options.plan, plans, 'starter'),
    throttle: resolveThrottle(OWNER, options.throttle),
    retryDelaysMs: resolveRetries(OWNER, options.retries),
    seed: integerOption(OWNER, 'seed', options.seed, { min: 0, max: MAX_SEED, fallback: 1, unit: 'seed' }),
    now: functionOption(OWNER, 'now', options.now) ?? Date.now,
    historyLimit: integerOption(OWNER, 'historyLimit', options.historyLimit, {
      min: 1,
      max: MAX_HISTORY_LIMIT,
      fallback: DEFAULT_HISTORY_LIMIT,
      unit: 'records',
    }),
  };
}
