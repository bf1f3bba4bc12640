import type { Claims } from '../deliveries/claims.ts';
import { MemoryClaims } from '../deliveries/memory-claims.ts';
import type { DeliveryStore } from '../deliveries/store.ts';
import { StoreClaims } from '../deliveries/store-claims.ts';
import { checkOptionNames, functionOption, integerOption, invalidOption } from '../options.ts';
import { refuseEmulatorValue } from '../production.ts';
import {
  DEFAULT_BODY_LIMIT_BYTES,
  DEFAULT_HANDLER_TIMEOUT_MS,
  DEFAULT_MEMORY_STORE_ENTRIES,
  DEFAULT_TOLERANCE_SECONDS,
  DELIVERY_MEMORY_MS,
  LEASE_MARGIN_MS,
  MAX_TIMER_MS,
} from '../protocol.ts';
import type { WebhookContext } from './context.ts';
import type {
  MessageReceivedEvent,
  MessageStatusUpdatedEvent,
  RecipientOptedOutEvent,
  WebhookEvent,
} from './event.ts';
import type { WebhookOutcome } from './outcome.ts';
import { createSigningKey, type SigningKey } from './signature.ts';

/** What it takes to check a delivery. */
export interface VerificationOptions {
  /**
   * The signing secret from the gateway's dashboard, or several: while a secret is rotated, the new and the old
   * one. An `undefined` beside another is skipped, so that an environment variable may be unset.
   */
  secret: string | readonly (string | undefined)[] | undefined;
  /**
   * How many seconds a delivery's timestamp may be from our clock, either way. `Infinity` accepts any age, and
   * with it any old copy.
   *
   * @default 300
   */
  toleranceSeconds?: number | undefined;
  /**
   * The clock, in milliseconds since 1970.
   *
   * @default Date.now
   */
  now?: (() => number) | undefined;
}

/** Handles one kind of event; may be asynchronous. The delivery is answered with 200 when it is done. */
export type WebhookHandler<Event, Context = WebhookContext> = (event: Event, context: Context) => unknown;

/** What {@link whatsappGatewayWebhook} and {@link createWebhookReceiver} take. */
export interface WebhookOptions extends VerificationOptions {
  /** A customer wrote (`message.received`). @default `onEvent`, if there is one */
  onMessage?: WebhookHandler<MessageReceivedEvent> | undefined;
  /**
   * A customer wants no more messages (`recipient.opted_out`): store it before you return.
   *
   * @default `onEvent`, if there is one
   */
  onOptOut?: WebhookHandler<RecipientOptedOutEvent> | undefined;
  /** A sent message changed its state (`message.status_updated`). @default `onEvent`, if there is one */
  onStatus?: WebhookHandler<MessageStatusUpdatedEvent, WebhookContext<string | undefined>> | undefined;
  /** Anything that has no handler of its own. @default it is answered with 200, and its outcome is `unhandled` */
  onEvent?: WebhookHandler<WebhookEvent, WebhookContext<string | undefined>> | undefined;
  /**
   * How many bytes a delivery may have, counted as they arrive.
   *
   * @default 1_048_576 (1 MiB)
   */
  bodyLimitBytes?: number | undefined;
  /**
   * How many milliseconds a handler may take. Then `context.signal` is aborted and 503 answered. The delivery stays
   * claimed for 30 seconds more; a handler that goes on for longer can meet a second run, so honour the signal.
   *
   * @default 10_000
   */
  handlerTimeoutMs?: number | undefined;
  /**
   * Where handled deliveries are remembered, or `false` to handle every copy.
   *
   * @default memoryDeliveryStore()
   */
  deliveries?: DeliveryStore | false | undefined;
  /**
   * What duplicates are told by. The default knows a copy with the same timestamp and bytes; a key taken from
   * inside the body also catches a retry that was signed again. The gateway documents no delivery id, so by default
   * two events with the same bytes that were signed in the same second count as one. Answer a text that is not empty
   * and another for each event: the updates of one message's status share its id, and only the first would be handled.
   *
   * @default (event, digest) => digest
   */
  deliveryKey?: ((event: WebhookEvent, digest: string) => string) | undefined;
  /**
   * Sees every request once, when its answer is decided: for logs and metrics. Its own errors change nothing.
   *
   * @default none
   */
  onOutcome?: ((outcome: WebhookOutcome) => void) | undefined;
}

/** Resolved once, when the middleware is built. */
export interface Verification {
  readonly keys: readonly SigningKey[];
  readonly toleranceSeconds: number;
  readonly now: () => number;
}

/** Resolved once, when the middleware is built. */
export interface WebhookConfig extends Verification {
  readonly handlers: Handlers;
  readonly bodyLimitBytes: number;
  readonly handlerTimeoutMs: number;
  readonly leaseMs: number;
  readonly memoryMs: number;
  readonly claims: Claims | undefined;
  readonly deliveryKey: ((event: WebhookEvent, digest: string) => string) | undefined;
  readonly onOutcome: ((outcome: WebhookOutcome) => void) | undefined;
}

/** The handlers that were passed. */
export type Handlers = Readonly<
  Required<Pick<WebhookOptions, 'onMessage' | 'onOptOut' | 'onStatus' | 'onEvent'>>
>;

const OPTION_NAMES: readonly (keyof WebhookOptions)[] = [
  'secret',
  'onMessage',
  'onOptOut',
  'onStatus',
  'onEvent',
  'toleranceSeconds',
  'bodyLimitBytes',
  'handlerTimeoutMs',
  'deliveries',
  'deliveryKey',
  'onOutcome',
  'now',
];

// `verifyWebhook` gets its secret with every call, and making a key costs half as much as signing with it.
const MAX_KEPT_KEYS = 100;
const keptKeys = new Map<string, readonly SigningKey[]>();

function resolveOnlyKey(owner: string, secret: string): readonly SigningKey[] {
  const kept = keptKeys.get(secret);
  if (kept !== undefined) {
    refuseEmulatorValue(owner, 'option secret', secret);
    return kept;
  }
  const keys = resolveKeys(owner, [secret]);
  if (keptKeys.size >= MAX_KEPT_KEYS) keptKeys.clear();
  keptKeys.set(secret, keys);
  return keys;
}

function resolveKeys(owner: string, secrets: readonly unknown[]): readonly SigningKey[] {
  const keys = secrets.flatMap((text, secretIndex) => {
    if (text === undefined) return [];
    const name = secrets.length > 1 ? `secret[${secretIndex}]` : 'secret';
    const where = 'Copy it from the dashboard of the gateway.';
    if (typeof text !== 'string') throw new TypeError(`${owner}: option ${name} is not text. ${where}`);
    if (text === '') throw new TypeError(`${owner}: option ${name} is empty. ${where}`);
    if (text.trim() !== text) {
      throw new TypeError(`${owner}: option ${name} has white space at its start or end. Remove it.`);
    }
    refuseEmulatorValue(owner, `option ${name}`, text);
    return createSigningKey(text, secretIndex);
  });
  if (keys.length > 0) return keys;
  throw new TypeError(
    `${owner}: option secret is missing. Pass the signing secret of the gateway's dashboard; if you pass an ` +
      'environment variable, it is not set in this process.',
  );
}

function resolveTolerance(owner: string, value: number | undefined): number {
  if (value === undefined) return DEFAULT_TOLERANCE_SECONDS;
  if (typeof value === 'number' && value > 0) return value;
  throw invalidOption(
    owner,
    'toleranceSeconds',
    value,
    'Give a number of seconds above 0, or Infinity to accept a delivery of any age.',
  );
}

function resolveClaims(
  owner: string,
  value: DeliveryStore | false | undefined,
  now: () => number,
): Claims | undefined {
  if (value === false) return undefined;
  // Nobody else can hold it, so it need not be a store, whose steps are promises and tell claims by tokens.
  if (value === undefined) return new MemoryClaims(DEFAULT_MEMORY_STORE_ENTRIES, now);
  const steps = ['claim', 'complete', 'release'] as const;
  if (steps.every((step) => typeof Object(value)[step] === 'function')) return new StoreClaims(value);
  const advice = `Give an object with ${steps.join(', ')}, or false; memoryDeliveryStore() makes one.`;
  throw invalidOption(owner, 'deliveries', value, advice);
}

/** Twice the tolerance in whole milliseconds, as a store counts them; a tolerance without end cannot be doubled. */
function resolveMemory(toleranceSeconds: number): number {
  const twiceToleranceMs = Math.ceil(2 * toleranceSeconds * 1_000);
  return Number.isSafeInteger(twiceToleranceMs)
    ? Math.max(DELIVERY_MEMORY_MS, twiceToleranceMs)
    : DELIVERY_MEMORY_MS;
}

/** @throws TypeError when the secret, the tolerance or the clock cannot be used. */
export function resolveVerification(owner: string, options: Readonly<VerificationOptions>): Verification {
  const { secret } = options;
  return {
    keys:
      typeof secret === 'string'
        ? resolveOnlyKey(owner, secret)
        : resolveKeys(owner, Array.isArray(secret) ? secret : [secret]),
    toleranceSeconds: resolveTolerance(owner, options.toleranceSeconds),
    now: functionOption(owner, 'now', options.now) ?? Date.now,
  };
}

/** @throws TypeError when an option does not exist or cannot be used. */
export function resolveWebhookOptions(owner: string, options: Readonly<WebhookOptions>): WebhookConfig {
  checkOptionNames(owner, options, OPTION_NAMES);
  const verification = resolveVerification(owner, options);
  const handlerTimeoutMs = integerOption(owner, 'handlerTimeoutMs', options.handlerTimeoutMs, {
    min: 1,
    max: MAX_TIMER_MS,
    fallback: DEFAULT_HANDLER_TIMEOUT_MS,
    unit: 'milliseconds',
  });
  return {
    ...verification,
    handlers: {
      onMessage: functionOption(owner, 'onMessage', options.onMessage),
      onOptOut: functionOption(owner, 'onOptOut', options.onOptOut),
      onStatus: functionOption(owner, 'onStatus', options.onStatus),
      onEvent: functionOption(owner, 'onEvent', options.onEvent),
    },
    bodyLimitBytes: integerOption(owner, 'bodyLimitBytes', options.bodyLimitBytes, {
      min: 1,
      max: Number.MAX_SAFE_INTEGER,
      fallback: DEFAULT_BODY_LIMIT_BYTES,
      unit: 'bytes',
    }),
    handlerTimeoutMs,
    leaseMs: handlerTimeoutMs + LEASE_MARGIN_MS,
    memoryMs: resolveMemory(verification.toleranceSeconds),
    claims: resolveClaims(owner, options.deliveries, verification.now),
    deliveryKey: functionOption(owner, 'deliveryKey', options.deliveryKey),
    onOutcome: functionOption(owner, 'onOutcome', options.onOutcome),
  };
}
