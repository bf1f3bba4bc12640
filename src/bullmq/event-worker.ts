import type { Job } from 'bullmq';
import { MAX_EVENT_STALLS, QUEUE_LOCK_MS } from '../protocol.ts';
import { retryDelayMs } from '../sender/retry.ts';
import { ClosableWorker, closeWorker } from './closing.ts';
import { openRedis, patient } from './connection.ts';
import { isEventJobData } from './event-job.ts';
import {
  type EventWorkerOptions,
  type QueuedEventOutcome,
  resolveEventWorkerOptions,
} from './event-options.ts';
import { type EventDone, EventFailure, processEvent } from './event-process.ts';
import { eventIds } from './ids.ts';
import { readInternals } from './internals.ts';
import { errorReporter } from './report.ts';

/** Handles queued events. */
export interface EventWorker {
  /**
   * Takes no more events, waits for the handlers at work (`closeTimeoutMs` at the most, then their signals are
   * aborted and their events run again later), and closes its connections. Calling it again answers the same promise.
   */
  close(): Promise<void>;
  /** The same as {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

type BullJob = Job<unknown, EventDone>;

function toOutcome(job: BullJob): Pick<QueuedEventOutcome, 'event' | 'deliveryKey' | 'attempt'> {
  const { data, id = '', attemptsStarted } = job;
  return {
    event: isEventJobData(data) ? data.event.event : 'unknown',
    deliveryKey: eventIds.decode(id) ?? id,
    attempt: attemptsStarted,
  };
}

/**
 * Starts to handle what `createEventQueue` queues, in this process; any number of machines may.
 *
 * Every event is handled at least once: again after a handler failed (for about an hour, then it is among the dead
 * events), and again where the process died or lost its connection during the handler. So write handlers that may run
 * twice, or keep the delivery key with what they write, in one transaction. Nothing is promised about the order,
 * except that opt-outs overtake everything that waits.
 *
 * @throws TypeError when an option does not exist or cannot be used.
 *
 * @example
 * const worker = createEventWorker({
 *   connection: { url: process.env.REDIS_URL },
 *   onMessage: (event, { phone, deliveryKey }) => inbox.addOnce(deliveryKey, phone, event.message_text),
 *   onOptOut: (_event, { phone }) => users.optOut(phone),
 * });
 * process.on('SIGTERM', () => worker.close());
 */
export function createEventWorker(options: Readonly<EventWorkerOptions>): EventWorker {
  const owner = 'createEventWorker';
  const config = resolveEventWorkerOptions(options);
  const internals = readInternals(options);
  const report = errorReporter(owner, config.onError);
  const redis = openRedis(owner, config.connection, patient);
  // BullMQ reports its errors; without a listener of ours they would be printed once it is closed.
  redis.on('error', () => undefined);
  const ending = new AbortController();
  const process = {
    handlers: config.handlers,
    attempts: config.attempts,
    timeoutMs: config.handlerTimeoutMs,
    signal: ending.signal,
  };

  const worker: ClosableWorker<unknown, EventDone> = new ClosableWorker<unknown, EventDone>(
    config.name,
    (job: BullJob) => processEvent(process, job),
    {
      connection: redis,
      prefix: config.prefix,
      concurrency: config.concurrency,
      lockDuration: internals.lockMs ?? QUEUE_LOCK_MS,
      stalledInterval: internals.stalledMs ?? QUEUE_LOCK_MS,
      maxStalledCount: internals.maxStalledCount ?? MAX_EVENT_STALLS,
      settings: {
        backoffStrategy: (attemptsMade) => Math.max(1, Math.round(retryDelayMs(attemptsMade, config.timing))),
      },
    },
  );

  const tell = (outcome: QueuedEventOutcome): void => {
    try {
      config.onOutcome?.(outcome);
    } catch (error) {
      report(error);
    }
  };
  worker.on('completed', (job, done) => tell({ type: done, ...toOutcome(job) }));
  worker.on('failed', (job, failure) => {
    if (job === undefined) return;
    const error = failure instanceof EventFailure ? failure.error : failure;
    const type = job.finishedOn === undefined ? 'retry' : 'dead';
    tell({ type, ...toOutcome(job), ...(error !== undefined && { error }) });
  });
  worker.on('error', report);

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= closeWorker({
      worker,
      redis,
      timeoutMs: config.closeTimeoutMs,
      abort: () => ending.abort(),
    });
    return closing;
  };
  return { close, [Symbol.asyncDispose]: close };
}
