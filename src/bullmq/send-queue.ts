import { Queue } from 'bullmq';
import { checkOptionNames, functionOption, integerOption } from '../options.ts';
import { normalizePhone } from '../phone.ts';
import {
  DEFAULT_LIST_LIMIT,
  DEFAULT_SEND_QUEUE_NAME,
  KEEP_FAILED_MS,
  KEEP_SENT_MS,
  MAX_QUEUE_DELAY_MS,
  QUEUE_LOCK_MS,
} from '../protocol.ts';
import { closeRedis } from './closing.ts';
import { createAsk, impatient, openRedis } from './connection.ts';
import { isQueueError, QueueError } from './errors.ts';
import { checkId, sendIds } from './ids.ts';
import { redisIntents } from './intents.ts';
import { queueKeys } from './keys.ts';
import { readPause } from './pause.ts';
import { QUEUE_OPTIONS, type QueueOptions, resolveQueueOptions } from './queue-options.ts';
import {
  type AddSendOptions,
  checkAddOptions,
  checkQueuedMessage,
  type QueuedMessage,
} from './queued-message.ts';
import { errorReporter } from './report.ts';
import { sendDecisions } from './send-decisions.ts';
import { SEND_JOB, type SendJobData, type SentRecord, sendJobOptions } from './send-job.ts';
import { type FailedSend, sendRecords, type UnknownSend } from './send-records.ts';
import { type QueuedSendStatus, readSendStatus } from './send-status.ts';

/** What {@link createSendQueue} takes. */
export interface SendQueueOptions extends QueueOptions {
  /**
   * Brings a phone number to E.164, or answers `undefined` where it cannot be one; as in `createSender`.
   *
   * @default normalizePhone
   */
  normalizePhone?: ((phone: string) => string | undefined) | undefined;
  /**
   * How long the record of a sent message is kept at the least, in milliseconds; until then its id is not sent again.
   * The record holds the phone number and the text.
   *
   * @default 604_800_000 (7 days)
   */
  keepSentMs?: number | undefined;
  /**
   * How long the record of a failed or unknown send is kept at the least, in milliseconds: until then a person has to
   * decide about the unknown ones.
   *
   * @default 2_592_000_000 (30 days)
   */
  keepFailedMs?: number | undefined;
}

/** How many messages are in which state. */
export interface SendQueueCounts {
  /** To be sent as soon as there is room. */
  readonly waiting: number;
  /** To be sent later, or to be tried again. */
  readonly delayed: number;
  /** Being sent. */
  readonly active: number;
  /** Sent, and the record is still kept. */
  readonly sent: number;
  /** Failed for good, provably not sent, and the record is still kept. */
  readonly failed: number;
  /** Nobody knows whether they were sent: a person has to decide. */
  readonly unknown: number;
  /** Until when no machine sends because the gateway asked for a pause, or `null`. */
  readonly throttledUntil: Date | null;
}

/** What a queued message is known by. */
export interface QueuedSend {
  /** The id that `add` was given, or made. */
  readonly id: string;
}

/** Queues messages. */
export interface SendQueue {
  /**
   * Queues a message; it is sent by a worker of `createSendWorker`. A second call with the same id changes nothing.
   *
   * @throws SendError for a message that cannot be right; TypeError for a key or an option that does not exist or
   * cannot be used; QueueError `queue_unavailable` with the id where Redis is away: adding it again with that id is
   * safe.
   */
  add(message: Readonly<QueuedMessage>, options?: Readonly<AddSendOptions>): Promise<QueuedSend>;
  /** What became of a message, or `undefined` where there is no record (any more). @throws QueueError */
  find(id: string): Promise<QueuedSendStatus | undefined>;
  /** How many messages are in which state. @throws QueueError */
  counts(): Promise<SendQueueCounts>;
  /** The sends of which nobody knows whether the message went out, newest first. @throws QueueError */
  unknownSends(options?: { readonly limit?: number | undefined }): Promise<UnknownSend[]>;
  /** The sends that failed for good and were provably not sent, newest first. @throws QueueError */
  failedSends(options?: { readonly limit?: number | undefined }): Promise<FailedSend[]>;
  /**
   * Decides about an unknown send: it was sent.
   *
   * @throws QueueError `job_not_found`; `wrong_state` where its outcome is not unknown (any more).
   */
  markSent(id: string, sent?: Partial<Omit<SentRecord, 'status'>>): Promise<void>;
  /**
   * Decides about an unknown send: it was not sent, send it; or tries a failed one again. Look in the gateway's
   * dashboard first: this is the one call by which a message can be sent twice.
   *
   * @throws QueueError `job_not_found`; `wrong_state` where it is neither unknown nor failed (any more).
   */
  sendAgain(id: string): Promise<void>;
  /** Closes its connection. */
  close(): Promise<void>;
  /** The same as {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

const OWNER = 'createSendQueue';
const OPTIONS: readonly (keyof SendQueueOptions)[] = [
  ...QUEUE_OPTIONS,
  'normalizePhone',
  'keepSentMs',
  'keepFailedMs',
];
const MARKED = 'marked_sent';

function limitOption(owner: string, limit: number | undefined): number {
  const bounds = { min: 1, max: Number.MAX_SAFE_INTEGER, fallback: DEFAULT_LIST_LIMIT, unit: 'sends' };
  return integerOption(owner, 'limit', limit, bounds);
}

/**
 * Makes a queue of messages that survives restarts and that workers on any number of machines send from. It needs
 * `bullmq` and `ioredis`.
 *
 * @throws TypeError when an option does not exist or cannot be used.
 *
 * @example
 * const sends = createSendQueue({ connection: { url: process.env.REDIS_URL } });
 * await sends.add({ phone, message: 'تم شحن طلبك.', purpose: 'transactional' }, { id: `shipped-${order.id}` });
 */
export function createSendQueue(options: Readonly<SendQueueOptions>): SendQueue {
  checkOptionNames(OWNER, options, OPTIONS);
  const config = resolveQueueOptions(OWNER, options, DEFAULT_SEND_QUEUE_NAME);
  const normalize = functionOption(OWNER, 'normalizePhone', options.normalizePhone) ?? normalizePhone;
  const keep = (option: 'keepSentMs' | 'keepFailedMs', fallback: number): number =>
    integerOption(OWNER, option, options[option], {
      min: 1_000,
      max: MAX_QUEUE_DELAY_MS,
      fallback,
      unit: 'milliseconds',
    });
  const jobOptions = sendJobOptions({
    keepSentMs: keep('keepSentMs', KEEP_SENT_MS),
    keepFailedMs: keep('keepFailedMs', KEEP_FAILED_MS),
  });
  const report = errorReporter(OWNER, config.onError);
  const redis = openRedis(OWNER, config.connection, impatient);
  redis.on('error', () => undefined);
  const ask = createAsk(redis);
  const key = queueKeys(config);
  // Its version is not asked for: a question that fails when the process starts would leave a queue that never works.
  const queue = new Queue<SendJobData, SentRecord>(config.name, {
    connection: redis,
    prefix: config.prefix,
    skipVersionCheck: true,
  });
  queue.on('error', report);
  const { reconcile } = redisIntents(redis, key, { lockMs: QUEUE_LOCK_MS });
  const records = sendRecords(redis, key, { ids: sendIds, reconcile });
  const decisions = sendDecisions(redis, key, queue, sendIds);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= queue.close().then(() => closeRedis(redis));
    return closing;
  };

  return {
    async add(message, addOptions = {}) {
      const { id, delay } = checkAddOptions(addOptions);
      const data = checkQueuedMessage(message, normalize);
      try {
        await ask(() => queue.add(SEND_JOB, data, { ...jobOptions, jobId: sendIds.encode(id), delay }));
      } catch (error) {
        throw isQueueError(error)
          ? new QueueError(error.code, error.message, { id, cause: error.cause })
          : error;
      }
      return { id };
    },
    find: (id) => ask(() => readSendStatus(redis, key, id)),
    counts: () =>
      ask(async () => {
        const [counts, unknown, throttledUntil] = await Promise.all([
          queue.getJobCounts('wait', 'prioritized', 'delayed', 'active', 'completed', 'failed'),
          records.countUnknown(),
          readPause(redis, key('limiter'), Date.now()),
        ]);
        const count = (state: string): number => counts[state] ?? 0;
        return {
          waiting: count('wait') + count('prioritized'),
          delayed: count('delayed'),
          active: count('active'),
          sent: count('completed'),
          failed: Math.max(0, count('failed') - unknown),
          unknown,
          throttledUntil,
        };
      }),
    unknownSends: ({ limit } = {}) => {
      const most = limitOption('unknownSends', limit);
      return ask(() => records.unknown(most));
    },
    failedSends: ({ limit } = {}) => {
      const most = limitOption('failedSends', limit);
      return ask(() => records.failed(most));
    },
    async markSent(id, { messageId = null, logId = null } = {}) {
      checkId('markSent', id);
      await ask(() => decisions.markSent(id, { status: MARKED, messageId, logId }));
    },
    async sendAgain(id) {
      checkId('sendAgain', id);
      await ask(() => decisions.sendAgain(id));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
