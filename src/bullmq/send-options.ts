import { checkOptionNames, functionOption, integerOption, invalidOption } from '../options.ts';
import { DEFAULT_SEND_QUEUE_NAME, MAX_QUEUE_DELAY_MS, MAX_RATE_LIMIT_SENDS } from '../protocol.ts';
import type { SenderOptions } from '../sender/options.ts';
import { createSender, type Sender } from '../sender/sender.ts';
import {
  QUEUE_WORKER_OPTIONS,
  type QueueWorkerConfig,
  type QueueWorkerOptions,
  resolveQueueWorkerOptions,
} from './queue-options.ts';
import { nextFairUseDay } from './throttle.ts';

/** How many sends all workers together begin. */
export interface SendRateLimit {
  /** How many at the most. */
  max: number;
  /**
   * In any span of so many milliseconds. A send counts until that long after it was answered, so that also a gateway
   * that counts back from each send sees no more.
   */
  perMs: number;
}

/** How a run of a queued send ended. It holds neither a phone number nor a text. */
export interface QueuedSendOutcome {
  /**
   * `sent`; `refused`: it failed for good and was provably not sent; `retry`: it was provably not sent and is tried
   * again; `unknown`: it may have been sent, and a person has to decide.
   */
  readonly type: 'sent' | 'refused' | 'retry' | 'unknown';
  /** The id that `add` was given, or made. */
  readonly id: string;
  /** Why it failed, if it did. */
  readonly code?: string;
  /** The gateway's id of the message, if it was sent. */
  readonly messageId?: string | null;
  /** The number of the gateway's log entry, if it was sent. */
  readonly logId?: number | null;
  /** Which run it was, from 1. */
  readonly run: number;
  /** What the sender threw, where it did: a `SendError`. */
  readonly error?: unknown;
}

/** What {@link createSendWorker} takes. */
export interface SendWorkerOptions extends QueueWorkerOptions {
  /**
   * What sends: a sender of yours, which stays open, or the options of one. Its `isSuppressed` is asked at the moment
   * of sending.
   *
   * @default {} a sender by the environment's API key and instance
   */
  sender?: Pick<Sender, 'send'> | Readonly<SenderOptions> | undefined;
  /**
   * How many sends all workers together begin. Give every worker the same.
   *
   * @default none; the gateway's own limits are kept by pausing when it asks for it
   */
  rateLimit?: Readonly<SendRateLimit> | undefined;
  /**
   * When a fair-use limit that is used up now is free again, in milliseconds since 1970. Asked where the gateway
   * throttles, says that a limit is used up and does not say how long to wait.
   *
   * @default a minute after the next midnight UTC; that the gateway's day is UTC's is assumed
   */
  fairUseResetsAt?: ((now: number) => number) | undefined;
  /**
   * Hears how runs ended, once it is recorded: for logs and metrics. A crash can swallow one; the queue knows them
   * all. Its own errors go to `onError`.
   *
   * @default none
   */
  onOutcome?: ((outcome: QueuedSendOutcome) => void) | undefined;
}

/** {@link SendWorkerOptions}, resolved. */
export interface SendWorkerConfig extends QueueWorkerConfig {
  readonly sender: Pick<Sender, 'send'>;
  /** Closes the sender, where it is ours. */
  readonly closeSender: () => Promise<void>;
  readonly rateLimit: SendRateLimit | undefined;
  readonly fairUseResetsAt: (now: number) => number;
  readonly onOutcome: ((outcome: QueuedSendOutcome) => void) | undefined;
}

const OWNER = 'createSendWorker';
const OPTIONS: readonly (keyof SendWorkerOptions)[] = [
  ...QUEUE_WORKER_OPTIONS,
  'sender',
  'rateLimit',
  'fairUseResetsAt',
  'onOutcome',
];
const RATE_LIMIT_OPTIONS: readonly (keyof SendRateLimit)[] = ['max', 'perMs'];
const DEFAULT_RATE_PER_MS = 1_000;

function isSender(value: object): value is Pick<Sender, 'send'> {
  return 'send' in value && typeof value.send === 'function';
}

function resolveSender(given: SendWorkerOptions['sender']): Pick<SendWorkerConfig, 'sender' | 'closeSender'> {
  const option: unknown = given;
  if (option !== undefined && (typeof option !== 'object' || option === null)) {
    throw invalidOption(OWNER, 'sender', option, 'Give a sender, or the options of createSender.');
  }
  if (given !== undefined && isSender(given)) return { sender: given, closeSender: async () => undefined };
  const sender = createSender(given);
  return { sender, closeSender: () => sender.close() };
}

function resolveRateLimit(option: Readonly<SendRateLimit> | undefined): SendRateLimit | undefined {
  if (option === undefined) return undefined;
  const owner = `${OWNER}: option rateLimit`;
  checkOptionNames(owner, option, RATE_LIMIT_OPTIONS);
  const { max, perMs } = option as Partial<SendRateLimit>;
  if (max === undefined || perMs === undefined) {
    throw invalidOption(OWNER, 'rateLimit', option, 'Give both: { max: 30, perMs: 60_000 }.');
  }
  return {
    max: integerOption(owner, 'max', max, {
      min: 1,
      max: MAX_RATE_LIMIT_SENDS,
      fallback: MAX_RATE_LIMIT_SENDS,
      unit: 'sends',
    }),
    perMs: integerOption(owner, 'perMs', perMs, {
      min: 1,
      max: MAX_QUEUE_DELAY_MS,
      fallback: DEFAULT_RATE_PER_MS,
      unit: 'milliseconds',
    }),
  };
}

/** @throws TypeError when an option does not exist or cannot be used. */
export function resolveSendWorkerOptions(options: Readonly<SendWorkerOptions>): SendWorkerConfig {
  checkOptionNames(OWNER, options, OPTIONS);
  return {
    ...resolveQueueWorkerOptions(OWNER, options, DEFAULT_SEND_QUEUE_NAME),
    rateLimit: resolveRateLimit(options.rateLimit),
    fairUseResetsAt: functionOption(OWNER, 'fairUseResetsAt', options.fairUseResetsAt) ?? nextFairUseDay,
    onOutcome: functionOption(OWNER, 'onOutcome', options.onOutcome),
    ...resolveSender(options.sender),
  };
}
