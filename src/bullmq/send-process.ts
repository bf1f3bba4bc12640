import { randomUUID } from 'node:crypto';
import { WaitingError } from 'bullmq';
import { MAX_SEND_STARTS, OUTCOME_UNKNOWN } from '../protocol.ts';
import type { Sender } from '../sender/sender.ts';
import type { Intents } from './intents.ts';
import type { Pause } from './pause.ts';
import { SendFailure } from './send-failure.ts';
import { isSendJobData, type SendJobData, type SentRecord } from './send-job.ts';
import { throttleMs } from './throttle.ts';
import { judge, type Verdict } from './verdict.ts';

/** As much of a job as sending needs. */
export interface SendJob {
  readonly id: string;
  readonly data: unknown;
  /** How often it failed in a way that may pass. */
  readonly attemptsMade: number;
  /** How often it was begun, this time included. */
  readonly attemptsStarted: number;
  /** Calls back where BullMQ refuses to complete the job, because it was lost to another worker. */
  readonly onNotCompleted: (callback: () => Promise<void>) => void;
}

/** What sending a job needs. */
export interface SendProcess {
  readonly sender: Pick<Sender, 'send'>;
  readonly intents: Intents;
  readonly pause: Pause;
  /** Moves a failed job back to those that wait. */
  readonly requeue: (jobId: string) => Promise<void>;
  /** Hears that a message was sent whose job another worker had given up as unknown. */
  readonly onLateSent: (job: SendJob, sent: SentRecord) => void;
  readonly report: (error: unknown) => void;
  readonly attempts: number;
  readonly lockMs: number;
  readonly fairUseResetsAt: (now: number) => number;
  readonly signal: AbortSignal;
}

function toSent({ status, messageId, logId }: SentRecord): SentRecord {
  return { status, messageId, logId };
}

/**
 * Sends the message of one job, at most once however often the job is run. The steps, and what a crash after each
 * leaves behind:
 *
 * 1. The intent is recorded. Crash before: the next run sends. Crash after: the next run finds it and gives the job up
 *    as unknown.
 * 2. The sender sends. Crash: as after 1.
 * 3. Sent: BullMQ completes the job. Where it refuses to, because the job was lost to another worker, the truth is
 *    written beside the intent, for that worker, or into the record that it gave up as unknown. Crash before: as after 1.
 *    Provably not sent: the intent is taken away, and BullMQ fails, delays or puts back the job. Crash between: the
 *    next run sends.
 *
 * @throws SendFailure or WaitingError, as BullMQ wants to be told.
 */
export async function processSend(
  process: SendProcess,
  job: SendJob,
  lockToken: string,
): Promise<SentRecord> {
  const attempt = randomUUID();
  const { intents } = process;
  const askedAt = performance.now();
  const taken = await intents.take(job.id, lockToken, attempt);
  switch (taken.type) {
    case 'ours':
      break;
    case 'foreign':
      if (taken.sent !== undefined) return toSent(taken.sent);
      throw new SendFailure(OUTCOME_UNKNOWN, { type: 'unknown', code: 'worker_lost' });
    case 'paused':
      await intents.putBack(job.id, lockToken, 'not_begun');
      throw new WaitingError();
    default:
      // BullMQ refuses to write anything for a job that is not this worker's, so this only ends the run.
      throw new SendFailure(taken.type, { type: 'retry', code: taken.type });
  }
  const verdict = refuseEarly(process, job, performance.now() - askedAt);
  if (verdict !== undefined) return conclude(process, job, { attempt, lockToken }, verdict);
  const { instanceId, ...message } = job.data as SendJobData;
  let sent: SentRecord;
  try {
    const call = { signal: process.signal, ...(instanceId !== undefined && { instanceId }) };
    sent = toSent(await process.sender.send(message, call));
  } catch (error) {
    return conclude(process, job, { attempt, lockToken }, judge(error), error);
  } finally {
    intents.answered(attempt).catch(process.report);
  }
  job.onNotCompleted(() => settle(process, job, attempt, sent));
  return sent;
}

/** Writes down that the message was sent, where BullMQ could not. */
async function settle(
  { intents, onLateSent, report }: SendProcess,
  job: SendJob,
  attempt: string,
  sent: SentRecord,
): Promise<void> {
  try {
    if (await intents.settle(job.id, attempt, sent)) onLateSent(job, sent);
  } catch (error) {
    report(error);
  }
}

/** What speaks against sending now, with the intent recorded and nothing sent yet. */
function refuseEarly(process: SendProcess, job: SendJob, elapsedMs: number): Verdict | undefined {
  if (!isSendJobData(job.data)) return { type: 'refused', code: 'invalid_job' };
  // This process stood still: the job may be another's by now, and a person may be looking at it.
  if (elapsedMs > process.lockMs) return { type: 'retry', code: 'worker_lost', retryAfterMs: undefined };
  return undefined;
}

/** Does what a failed send means for its job. */
async function conclude(
  process: SendProcess,
  job: SendJob,
  { attempt, lockToken }: { readonly attempt: string; readonly lockToken: string },
  verdict: Verdict,
  error?: unknown,
): Promise<never> {
  const { intents } = process;
  const { code } = verdict;
  if (verdict.type === 'unknown') {
    intents.note(job.id, attempt, code).catch(process.report);
    throw new SendFailure(OUTCOME_UNKNOWN, { type: 'unknown', code }, error);
  }
  if (verdict.type === 'throttled') {
    const now = Date.now();
    await process.pause(throttleMs(verdict.error, now, process.fairUseResetsAt));
  }
  const released = await intents.release(job.id, attempt, code);
  const isLast = job.attemptsStarted >= MAX_SEND_STARTS || isLastRetry(process, job, verdict);
  if (verdict.type === 'refused' || isLast) {
    throw new SendFailure(code, { type: 'refused', code }, error);
  }
  // Another worker found our intent and gave the job up; now it is known that nothing was sent.
  if (released === 'was_failed') await process.requeue(job.id);
  if (verdict.type === 'throttled') {
    await intents.putBack(job.id, lockToken, 'begun');
    throw new WaitingError();
  }
  throw new SendFailure(code, { type: 'retry', code, retryAfterMs: verdict.retryAfterMs }, error);
}

function isLastRetry({ attempts }: SendProcess, { attemptsMade }: SendJob, { type }: Verdict): boolean {
  return type === 'retry' && attemptsMade + 1 >= attempts;
}
