import { functionOption, integerOption, invalidOption } from '../options.ts';
import {
  DEFAULT_CLOSE_TIMEOUT_MS,
  DEFAULT_QUEUE_ATTEMPTS,
  DEFAULT_QUEUE_CONCURRENCY,
  DEFAULT_QUEUE_MAX_DELAY_MS,
  DEFAULT_QUEUE_MIN_DELAY_MS,
  DEFAULT_QUEUE_PREFIX,
  MAX_QUEUE_CONCURRENCY,
  MAX_QUEUE_DELAY_MS,
  MAX_TIMER_MS,
} from '../protocol.ts';
import type { RetryTiming } from '../sender/retry.ts';
import type { QueueConnection } from './connection.ts';
import type { ErrorListener } from './report.ts';

/** What a queue and its workers have in common: give both the same. */
export interface QueueOptions {
  /** Where Redis is; one with `maxmemory-policy noeviction` and `appendonly yes`. */
  connection: QueueConnection;
  /**
   * The queue's name; no colon. A queue and its workers need the same.
   *
   * @default 'whatsapp-gateway-sends' for messages, 'whatsapp-gateway-events' for events
   */
  name?: string | undefined;
  /**
   * What all keys begin with in Redis.
   *
   * @default 'bull'
   */
  prefix?: string | undefined;
  /**
   * Hears of what goes wrong beside any call, such as a broken connection; what is under way goes on when Redis is
   * back.
   *
   * @default a process warning, the same one at most once a minute
   */
  onError?: ErrorListener | undefined;
}

/** What every worker can be told. */
export interface QueueWorkerOptions extends QueueOptions {
  /**
   * How many jobs this worker has under way at once: 1 to 1,000.
   *
   * @default 8
   */
  concurrency?: number | undefined;
  /**
   * How often a job is tried that failed in a way that may pass.
   *
   * @default 20
   */
  attempts?: number | undefined;
  /**
   * The longest wait before the second try, in milliseconds; it doubles with each, and the wait is a random part of
   * it.
   *
   * @default 1_000
   */
  minDelayMs?: number | undefined;
  /**
   * The longest wait before any try, in milliseconds.
   *
   * @default 600_000 (10 minutes)
   */
  maxDelayMs?: number | undefined;
  /**
   * How many milliseconds `close` waits for the jobs under way before it ends them.
   *
   * @default 20_000
   */
  closeTimeoutMs?: number | undefined;
}

/** {@link QueueOptions}, resolved. */
export interface QueueConfig {
  readonly connection: QueueConnection;
  readonly name: string;
  readonly prefix: string;
  readonly onError: ErrorListener | undefined;
}

/** {@link QueueWorkerOptions}, resolved. */
export interface QueueWorkerConfig extends QueueConfig {
  readonly concurrency: number;
  readonly attempts: number;
  readonly timing: RetryTiming;
  readonly closeTimeoutMs: number;
}

export const QUEUE_OPTIONS: readonly (keyof QueueOptions)[] = ['connection', 'name', 'prefix', 'onError'];
export const QUEUE_WORKER_OPTIONS: readonly (keyof QueueWorkerOptions)[] = [
  ...QUEUE_OPTIONS,
  'concurrency',
  'attempts',
  'minDelayMs',
  'maxDelayMs',
  'closeTimeoutMs',
];

const MS = 'milliseconds';

/** @throws TypeError when an option cannot be used; the connection is looked at when it is opened. */
export function resolveQueueOptions(
  owner: string,
  options: Readonly<QueueOptions>,
  defaultName: string,
): QueueConfig {
  const { name = defaultName, prefix = DEFAULT_QUEUE_PREFIX } = options;
  if (typeof name !== 'string' || name === '' || name.includes(':')) {
    throw invalidOption(
      owner,
      'name',
      name,
      `Give a text with no colon, or leave it out for ${defaultName}.`,
    );
  }
  if (typeof prefix !== 'string' || prefix === '') {
    throw invalidOption(owner, 'prefix', prefix, `Give a text, or leave it out for ${DEFAULT_QUEUE_PREFIX}.`);
  }
  return {
    connection: options.connection,
    name,
    prefix,
    onError: functionOption(owner, 'onError', options.onError),
  };
}

/** @throws TypeError when an option cannot be used; the connection is looked at when it is opened. */
export function resolveQueueWorkerOptions(
  owner: string,
  options: Readonly<QueueWorkerOptions>,
  defaultName: string,
): QueueWorkerConfig {
  const whole = (
    option: 'concurrency' | 'attempts' | 'minDelayMs' | 'maxDelayMs' | 'closeTimeoutMs',
    bounds: { min: number; max: number; fallback: number; unit: string },
  ): number => integerOption(owner, option, options[option], bounds);

  const delay = (option: 'minDelayMs' | 'maxDelayMs', fallback: number): number =>
    whole(option, { min: 0, max: MAX_QUEUE_DELAY_MS, fallback, unit: MS });
  const mostMs = delay('maxDelayMs', MAX_QUEUE_DELAY_MS);
  const minDelayMs = delay('minDelayMs', Math.min(DEFAULT_QUEUE_MIN_DELAY_MS, mostMs));
  const maxDelayMs = delay('maxDelayMs', Math.max(DEFAULT_QUEUE_MAX_DELAY_MS, minDelayMs));
  if (minDelayMs > maxDelayMs) {
    throw invalidOption(owner, 'minDelayMs', minDelayMs, `Give at most maxDelayMs, which is ${maxDelayMs}.`);
  }
  return {
    ...resolveQueueOptions(owner, options, defaultName),
    concurrency: whole('concurrency', {
      min: 1,
      max: MAX_QUEUE_CONCURRENCY,
      fallback: DEFAULT_QUEUE_CONCURRENCY,
      unit: 'jobs',
    }),
    attempts: whole('attempts', { min: 1, max: 1_000, fallback: DEFAULT_QUEUE_ATTEMPTS, unit: 'tries' }),
    timing: { minDelayMs, maxDelayMs },
    closeTimeoutMs: whole('closeTimeoutMs', {
      min: 0,
      max: MAX_TIMER_MS,
      fallback: DEFAULT_CLOSE_TIMEOUT_MS,
      unit: MS,
    }),
  };
}
