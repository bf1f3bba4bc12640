import { Job, type WorkerOptions } from 'bullmq';
import { MAX_THROTTLE_MS, QUEUE_LOCK_MS } from '../protocol.ts';
import { retryDelayMs } from '../sender/retry.ts';
import { ClosableWorker, closeWorker } from './closing.ts';
import { openRedis, patient } from './connection.ts';
import { sendIds } from './ids.ts';
import { redisIntents } from './intents.ts';
import { readInternals } from './internals.ts';
import { queueKeys } from './keys.ts';
import { createPause } from './pause.ts';
import { errorReporter } from './report.ts';
import { SendFailure } from './send-failure.ts';
import { NO_LIMIT, type SentRecord } from './send-job.ts';
import {
  type QueuedSendOutcome,
  resolveSendWorkerOptions,
  type SendWorkerConfig,
  type SendWorkerOptions,
} from './send-options.ts';
import { processSend, type SendJob, type SendProcess } from './send-process.ts';

/** Sends what is queued. */
export interface SendWorker {
  /**
   * Takes no more messages, waits for those under way (`closeTimeoutMs` at the most, then they are ended), and closes
   * its connections. Calling it again answers the same promise.
   */
  close(): Promise<void>;
  /** The same as {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

type BullJob = Job<unknown, SentRecord>;

/**
 * A pause of the queue works only where there is a limiter: this one never limits by itself. BullMQ's own windows begin
 * with the first job taken, so that a gateway which counts back from each send sees up to twice as many at their border:
 * the rate limit is kept where intents are recorded.
 */
const NEVER_LIMITS = { max: 2 ** 40, duration: 1_000 };

function toSendJob(job: BullJob): SendJob {
  const { id = '', data, attemptsMade, attemptsStarted } = job;
  return {
    id,
    data,
    attemptsMade,
    attemptsStarted,
    onNotCompleted(callback) {
      const complete = job.moveToCompleted.bind(job);
      job.moveToCompleted = async (...result) => {
        try {
          return await complete(...result);
        } catch (error) {
          await callback();
          throw error;
        }
      };
    },
  };
}

function toOutcome(job: Pick<SendJob, 'id' | 'attemptsStarted'>): Pick<QueuedSendOutcome, 'id' | 'run'> {
  return { id: sendIds.decode(job.id) ?? job.id, run: job.attemptsStarted };
}

function toSentOutcome(job: Pick<SendJob, 'id' | 'attemptsStarted'>, sent: SentRecord): QueuedSendOutcome {
  return { type: 'sent', ...toOutcome(job), messageId: sent.messageId, logId: sent.logId };
}

function toWorkerOptions(
  { prefix, concurrency, timing }: SendWorkerConfig,
  { lockMs, stalledMs, maxStalledCount }: { lockMs: number; stalledMs: number; maxStalledCount: number },
): Omit<WorkerOptions, 'connection'> {
  return {
    prefix,
    concurrency,
    lockDuration: lockMs,
    stalledInterval: stalledMs,
    // BullMQ would count how often a worker was lost and then fail the job. The intent tells more than a count:
    // without one the job is safe to run again, with one it never sends.
    maxStalledCount,
    limiter: NEVER_LIMITS,
    settings: {
      backoffStrategy: (attemptsMade, _type, error) => {
        const asked = error instanceof SendFailure ? (error.fields.retryAfterMs ?? 0) : 0;
        return Math.max(1, Math.round(retryDelayMs(attemptsMade, timing)), Math.min(MAX_THROTTLE_MS, asked));
      },
    },
  };
}

/**
 * Starts to send what `createSendQueue` queues, in this process; any number of machines may.
 *
 * A message is sent at most once by itself, whatever crashes, hangs or loses its connection: before a send its intent
 * is recorded in the job, and a job with somebody else's intent is never sent, only given up as `outcome_unknown` for
 * a person to decide. What was provably not sent is tried again, for about an hour. Where the gateway throttles, all
 * machines pause.
 *
 * @throws TypeError when an option does not exist or cannot be used.
 *
 * @example
 * const worker = createSendWorker({
 *   connection: { url: process.env.REDIS_URL },
 *   sender: { isSuppressed: (phone) => db.isOptedOut(phone) },
 *   rateLimit: { max: 30, perMs: 60_000 },
 * });
 * process.on('SIGTERM', () => worker.close());
 */
export function createSendWorker(options: Readonly<SendWorkerOptions>): SendWorker {
  const config = resolveSendWorkerOptions(options);
  const internals = readInternals(options);
  const lockMs = internals.lockMs ?? QUEUE_LOCK_MS;
  const report = errorReporter('createSendWorker', config.onError);
  const redis = openRedis('createSendWorker', config.connection, patient);
  // BullMQ reports its errors; without a listener of ours they would be printed once it is closed.
  redis.on('error', () => undefined);
  const key = queueKeys(config);
  const intents = redisIntents(redis, key, { lockMs, rateLimit: config.rateLimit });
  const pause = createPause(redis, key('limiter'));
  const ending = new AbortController();

  const tell = (outcome: QueuedSendOutcome): void => {
    try {
      config.onOutcome?.(outcome);
    } catch (error) {
      report(error);
    }
  };

  const process: SendProcess = {
    sender: config.sender,
    intents: internals.intents?.(intents) ?? intents,
    pause: internals.pause?.(pause) ?? pause,
    requeue: async (jobId) => {
      await (await Job.fromId(worker, jobId))?.retry('failed');
    },
    onLateSent: (job, sent) => tell(toSentOutcome(job, sent)),
    report,
    attempts: config.attempts,
    lockMs,
    fairUseResetsAt: config.fairUseResetsAt,
    signal: ending.signal,
  };

  const worker: ClosableWorker<unknown, SentRecord> = new ClosableWorker<unknown, SentRecord>(
    config.name,
    (job: BullJob, token?: string) => processSend(process, toSendJob(job), token ?? ''),
    {
      connection: redis,
      ...toWorkerOptions(config, {
        lockMs,
        stalledMs: internals.stalledMs ?? QUEUE_LOCK_MS,
        maxStalledCount: internals.maxStalledCount ?? NO_LIMIT,
      }),
    },
  );

  /** The owner of the intent may have told the truth just while the job was given up. */
  const lookAgain = async (job: SendJob, failure: SendFailure): Promise<void> => {
    const truth = await process.intents.reconcile(job.id);
    if (truth.type === 'sent') tell(toSentOutcome(job, truth.sent));
    else if (truth.type === 'released') await process.requeue(job.id);
    else if (truth.type === 'unknown') tell({ type: 'unknown', ...toOutcome(job), ...describe(failure) });
  };

  worker.on('completed', (job, sent) =>
    tell(toSentOutcome({ id: job.id ?? '', attemptsStarted: job.attemptsStarted }, sent)),
  );
  worker.on('failed', (bullJob, error) => {
    if (bullJob === undefined) return;
    const job = toSendJob(bullJob);
    if (!(error instanceof SendFailure)) {
      report(error);
    } else if (error.fields.type === 'unknown') {
      lookAgain(job, error).catch(report);
    } else {
      tell({ type: error.fields.type, ...toOutcome(job), ...describe(error) });
    }
  });
  worker.on('error', report);

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= closeWorker({
      worker,
      redis,
      timeoutMs: config.closeTimeoutMs,
      abort: () => ending.abort(new Error('The worker is closing.')),
    }).then(config.closeSender);
    return closing;
  };
  return { close, [Symbol.asyncDispose]: close };
}

function describe({ fields, error }: SendFailure): Pick<QueuedSendOutcome, 'code' | 'error'> {
  return { code: fields.code, ...(error !== undefined && { error }) };
}
