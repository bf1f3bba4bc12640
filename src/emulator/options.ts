import { randomBytes } from 'node:crypto';
import { checkOptionNames, invalidOption } from '../options.ts';
import { type BodyStyle, bodyStyles } from './encode-body.ts';
import { isLoopback } from './loopback.ts';

/** Where deliveries go, as it is set in the gateway's dashboard. */
export interface EmulatorWebhook {
  /**
   * The app's webhook, `http` or `https`. The emulator forges signed deliveries, so it takes only loopback addresses
   * (the real gateway takes only others).
   */
  url: string;
  /** The signing secret that the app's receiver is built with. */
  secret: string;
}

/** What an emulated gateway is started with; everything has a default. */
export interface GatewayEmulatorOptions {
  /** The key that sends must carry. @default a new one that begins with `emu_` */
  apiKey?: string;
  /** The account's one instance. @default 'emu_instance' */
  instanceId?: string;
  /** The port on 127.0.0.1. @default 0, a free one */
  port?: number;
  /** Where deliveries go; can be set later by `setWebhook`. @default nowhere */
  webhook?: Readonly<EmulatorWebhook>;
  /** How events are written as JSON. @default 'php' */
  bodyStyle?: BodyStyle;
}

/** {@link GatewayEmulatorOptions}, checked and complete. */
export interface GatewayEmulatorConfig {
  readonly apiKey: string;
  readonly instanceId: string;
  readonly port: number;
  readonly webhook: Readonly<EmulatorWebhook> | undefined;
  readonly bodyStyle: BodyStyle;
}

const OWNER = 'startGatewayEmulator';
const OPTIONS = [
  'apiKey',
  'instanceId',
  'port',
  'webhook',
  'bodyStyle',
] as const satisfies (keyof GatewayEmulatorOptions)[];
const WEBHOOK_OPTIONS = ['url', 'secret'] as const satisfies (keyof EmulatorWebhook)[];
const KEY_PREFIX = 'emu_';
const KEY_BYTES = 12;
const DEFAULT_INSTANCE_ID = 'emu_instance';
const MAX_PORT = 65_535;
const HEADER_TEXT = /^[\x21-\x7e]+$/u;

/** Stands in for a secret in an error message. */
function mask(value: unknown): string {
  if (typeof value !== 'string') return typeof value;
  return value === '' ? '' : '[not shown]';
}

function resolveApiKey(value: unknown): string {
  if (value === undefined) return KEY_PREFIX + randomBytes(KEY_BYTES).toString('hex');
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

function resolvePort(value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_PORT) return value;
  throw invalidOption(OWNER, 'port', value, `Give a whole number from 0 (a free port) to ${MAX_PORT}.`);
}

/**
 * A style of JSON, or the one to fall back on where none was passed.
 *
 * @throws TypeError for anything else.
 */
export function resolveBodyStyle(owner: string, value: unknown, fallback: BodyStyle): BodyStyle {
  if (value === undefined) return fallback;
  const style = bodyStyles.find((known) => known === value);
  if (style !== undefined) return style;
  throw invalidOption(owner, 'bodyStyle', value, `Give one of ${bodyStyles.join(', ')}.`);
}

/**
 * Where deliveries go, checked.
 *
 * @throws TypeError when the address or the secret cannot be used.
 */
export function resolveWebhook(owner: string, value: unknown): Readonly<EmulatorWebhook> {
  checkOptionNames(owner, value, WEBHOOK_OPTIONS);
  const { url, secret } = value as { url?: unknown; secret?: unknown };
  const target = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
  if (target === undefined || (target.protocol !== 'http:' && target.protocol !== 'https:')) {
    throw invalidOption(owner, 'url', url, 'Give the whole address, such as http://127.0.0.1:3000/webhook.');
  }
  if (!isLoopback(target.hostname)) {
    throw invalidOption(owner, 'url', url, 'Give a loopback address: the emulator forges signed deliveries.');
  }
  if (typeof secret !== 'string' || secret === '') {
    throw invalidOption(owner, 'secret', mask(secret), 'Give the secret that the receiver is built with.');
  }
  return { url: target.href, secret };
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws TypeError when an option is unknown or cannot be used.
 */
export function resolveOptions(options: Readonly<GatewayEmulatorOptions>): GatewayEmulatorConfig {
  checkOptionNames(OWNER, options, OPTIONS);
  return {
    apiKey: resolveApiKey(options.apiKey),
    instanceId: resolveInstanceId(options.instanceId),
    port: resolvePort(options.port),
    webhook: options.webhook === undefined ? undefined : resolveWebhook(`${OWNER} webhook`, options.webhook),
    bodyStyle: resolveBodyStyle(OWNER, options.bodyStyle, 'php'),
  };
}
