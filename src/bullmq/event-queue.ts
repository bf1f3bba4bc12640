import { Queue } from 'bullmq';
import { checkOptionNames, integerOption } from '../options.ts';
import {
  DEFAULT_EVENT_QUEUE_NAME,
  DEFAULT_LIST_LIMIT,
  DELIVERY_MEMORY_MS,
  KEEP_DEAD_MS,
  MAX_QUEUE_DELAY_MS,
} from '../protocol.ts';
import type { WebhookContext } from '../webhook/context.ts';
import { WebhookError } from '../webhook/errors.ts';
import type { WebhookEvent } from '../webhook/event.ts';
import { closeRedis } from './closing.ts';
import { createAsk, impatient, openRedis } from './connection.ts';
import { jobNotFound, wrongState } from './errors.ts';
import {
  type EventJobData,
  eventJobOptions,
  eventPriority,
  isEventJobData,
  toEventJobData,
} from './event-job.ts';
import type { EventDone } from './event-process.ts';
import { eventIds } from './ids.ts';
import { QUEUE_OPTIONS, type QueueOptions, resolveQueueOptions } from './queue-options.ts';
import { errorReporter } from './report.ts';

/** What {@link createEventQueue} takes. */
export interface EventQueueOptions extends QueueOptions {
  /**
   * How long a handled event is remembered at the least, in milliseconds, so that a copy of it is dropped. The record
   * holds the whole event.
   *
   * @default 86_400_000 (a day)
   */
  keepDoneMs?: number | undefined;
  /**
   * How long an event that no run could handle is kept at the least, in milliseconds.
   *
   * @default 2_592_000_000 (30 days)
   */
  keepDeadMs?: number | undefined;
}

/** How many events are in which state. */
export interface EventQueueCounts {
  /** To be handled as soon as there is room. */
  readonly waiting: number;
  /** To be tried again later. */
  readonly delayed: number;
  /** Being handled. */
  readonly active: number;
  /** Handled, and still remembered. */
  readonly done: number;
  /** Given up, and still kept. */
  readonly dead: number;
}

/** An event that was given up. */
export interface DeadEvent {
  /** What duplicates of the delivery are told by; `retryDead` takes it. */
  readonly deliveryKey: string;
  /** The whole event, where the record holds one. */
  readonly event: WebhookEvent | undefined;
  /** Why the last run failed: `handler_failed`, `handler_timeout`, `invalid_job`, or a text of BullMQ's. */
  readonly code: string;
  /** When it was queued. */
  readonly queuedAt: Date;
  /** When the last run failed. */
  readonly failedAt: Date;
  /** How many runs there were. */
  readonly attempts: number;
}

/** Queues events. */
export interface EventQueue {
  /**
   * Queues an event: give it to the middleware as `onEvent`. It resolves as soon as Redis has the event; a copy of one
   * it has, or had within a day, is dropped.
   *
   * @throws WebhookError `store_unavailable` where Redis is away: the middleware answers it with 503.
   */
  readonly add: (event: WebhookEvent, context: QueueableContext) => Promise<void>;
  /** How many events are in which state. @throws QueueError */
  counts(): Promise<EventQueueCounts>;
  /** The events that were given up, newest first. @throws QueueError */
  deadEvents(options?: { readonly limit?: number | undefined }): Promise<DeadEvent[]>;
  /**
   * Lets an event that was given up be handled again, with all its tries.
   *
   * @throws QueueError `job_not_found`; `wrong_state` where it is not dead (any more).
   */
  retryDead(deliveryKey: string): Promise<void>;
  /** Closes its connection. */
  close(): Promise<void>;
  /** The same as {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** As much of a middleware's context as the queue keeps. */
export type QueueableContext = Pick<
  WebhookContext<string | undefined>,
  'deliveryKey' | 'timestamp' | 'secretIndex'
>;

const OWNER = 'createEventQueue';
const EVENT_JOB = 'event';

/**
 * Makes a queue of events: the webhook answers 200 as soon as Redis has the event, and workers on any number of
 * machines handle it. Redis drops duplicates, so the middleware needs no delivery store of its own. It needs `bullmq`
 * and `ioredis`.
 *
 * An opt-out that is only queued does not stop a message that is sent at the same moment. Where none may go out once
 * the opt-out is answered, handle opt-outs at once and queue the rest, as in the second example, and let both hold a
 * lock, as docs/many-machines.md shows: a send may have asked `isSuppressed` just before.
 *
 * @throws TypeError when an option does not exist or cannot be used.
 *
 * @example
 * const events = createEventQueue({ connection: { url: process.env.REDIS_URL } });
 * app.post(path, whatsappGatewayWebhook({ secret, deliveries: false, onEvent: events.add }));
 *
 * @example
 * const events = createEventQueue({ connection: { url: process.env.REDIS_URL } });
 * app.post(path, whatsappGatewayWebhook({
 *   secret,
 *   deliveries: false,
 *   onOptOut: (_event, { phone }) => users.optOut(phone),
 *   onEvent: events.add,
 * }));
 */
export function createEventQueue(options: Readonly<EventQueueOptions>): EventQueue {
  checkOptionNames(OWNER, options, [...QUEUE_OPTIONS, 'keepDoneMs', 'keepDeadMs']);
  const config = resolveQueueOptions(OWNER, options, DEFAULT_EVENT_QUEUE_NAME);
  const keep = (option: 'keepDoneMs' | 'keepDeadMs', fallback: number): number =>
    integerOption(OWNER, option, options[option], {
      min: 1_000,
      max: MAX_QUEUE_DELAY_MS,
      fallback,
      unit: 'milliseconds',
    });
  const jobOptions = eventJobOptions({
    keepDoneMs: keep('keepDoneMs', DELIVERY_MEMORY_MS),
    keepDeadMs: keep('keepDeadMs', KEEP_DEAD_MS),
  });
  const report = errorReporter(OWNER, config.onError);
  const redis = openRedis(OWNER, config.connection, impatient);
  redis.on('error', () => undefined);
  const ask = createAsk(redis);
  // Its version is not asked for: a question that fails when the process starts would leave a queue that never works.
  const queue = new Queue<EventJobData, EventDone>(config.name, {
    connection: redis,
    prefix: config.prefix,
    skipVersionCheck: true,
  });
  queue.on('error', report);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= queue.close().then(() => closeRedis(redis));
    return closing;
  };

  return {
    async add(event, context) {
      const data = toEventJobData(event, context);
      const jobId = eventIds.encode(context.deliveryKey);
      try {
        await ask(() => queue.add(EVENT_JOB, data, { ...jobOptions, ...eventPriority(event), jobId }));
      } catch (cause) {
        const message = 'The event queue could not take the delivery; its error is the cause.';
        throw new WebhookError('store_unavailable', message, { cause });
      }
    },
    counts: () =>
      ask(async () => {
        const counts = await queue.getJobCounts(
          'wait',
          'prioritized',
          'delayed',
          'active',
          'completed',
          'failed',
        );
        const count = (state: string): number => counts[state] ?? 0;
        return {
          waiting: count('wait') + count('prioritized'),
          delayed: count('delayed'),
          active: count('active'),
          done: count('completed'),
          dead: count('failed'),
        };
      }),
    deadEvents: ({ limit: given } = {}) => {
      const bounds = { min: 1, max: Number.MAX_SAFE_INTEGER, fallback: DEFAULT_LIST_LIMIT, unit: 'events' };
      const limit = integerOption('deadEvents', 'limit', given, bounds);
      return ask(async () =>
        (await queue.getFailed(0, limit - 1)).map((job): DeadEvent => {
          const data: unknown = job.data;
          const id = job.id ?? '';
          return {
            deliveryKey: eventIds.decode(id) ?? id,
            event: isEventJobData(data) ? data.event : undefined,
            code: job.failedReason ?? '',
            queuedAt: new Date(job.timestamp),
            failedAt: new Date(job.finishedOn ?? job.timestamp),
            attempts: job.attemptsStarted,
          };
        }),
      );
    },
    retryDead: (deliveryKey) =>
      ask(async () => {
        const job = await queue.getJob(eventIds.encode(deliveryKey));
        if (job === undefined) throw jobNotFound(deliveryKey);
        try {
          await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
        } catch (error) {
          if (await job.isFailed()) throw error;
          throw wrongState(deliveryKey, 'Only an event that was given up can be retried.');
        }
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
