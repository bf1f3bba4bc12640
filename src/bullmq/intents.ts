import type { Redis } from 'ioredis';
import { batched } from './batch.ts';
import { ANSWERED, NOTE, RECONCILE, RELEASE, SETTLE, TAKE } from './intent-scripts.ts';
import type { QueueKey } from './keys.ts';
import { PUT_BACK } from './put-back.ts';
import { defineScript } from './script.ts';
import type { SentRecord } from './send-job.ts';
import type { SendRateLimit } from './send-options.ts';

/** What came of the wish to send. */
export type Taken =
  /** The intent is recorded, and it is ours: send. */
  | { readonly type: 'ours' }
  /** Somebody else meant to send it, or did: never send. `sent` is there if they knew that it was. */
  | { readonly type: 'foreign'; readonly sent?: SentRecord | undefined }
  /** The whole queue pauses, or the rate limit is used up. */
  | { readonly type: 'paused' }
  /** The job is no longer this worker's. */
  | { readonly type: 'lock_lost' }
  /** The record is gone. */
  | { readonly type: 'gone' };

/** What came of taking an intent away. */
export type Released = 'released' | 'was_failed' | 'not_ours';

/** What is true of a job that was given up as unknown. */
export type Reconciled =
  | { readonly type: 'sent'; readonly sent: SentRecord }
  | { readonly type: 'released' | 'unknown' | 'not_failed' };

/**
 * Remembers which attempt meant to send which message: the gateway has no idempotency key, so this is what keeps a
 * message from being sent twice when workers crash, hang or lose their connection.
 */
export interface Intents {
  /** Records the intent to send, if nobody did before. */
  take(jobId: string, lockToken: string, attempt: string): Promise<Taken>;
  /** Puts the job back among those that wait, in its order; what never began does not count as a run. */
  putBack(jobId: string, lockToken: string, run: 'begun' | 'not_begun'): Promise<void>;
  /** The send has ended, in whatever way: so many milliseconds from now its place in the rate limit is free. */
  answered(attempt: string): Promise<void>;
  /** The message was sent. @returns whether that is what the job's record says now. */
  settle(jobId: string, attempt: string, sent: SentRecord): Promise<boolean>;
  /** Nobody knows whether the message was sent. */
  note(jobId: string, attempt: string, code: string): Promise<void>;
  /** The message was provably not sent: takes the intent away. */
  release(jobId: string, attempt: string, code: string): Promise<Released>;
  /** Looks again at a job that was given up as unknown. */
  reconcile(jobId: string): Promise<Reconciled>;
}

const NO_RATE_LIMIT: SendRateLimit = { max: 0, perMs: 0 };
const NOT_THE_SCRIPT = 'Redis answered something else than the script for intents.';

function readTaken(reply: unknown): Taken {
  const [type, sent]: readonly unknown[] = Array.isArray(reply) ? reply : [];
  switch (type) {
    case 'ours':
    case 'paused':
    case 'lock_lost':
    case 'gone':
      return { type };
    case 'foreign':
      return {
        type,
        ...(typeof sent === 'string' && sent !== '' && { sent: JSON.parse(sent) as SentRecord }),
      };
    default:
      throw new TypeError(NOT_THE_SCRIPT);
  }
}

function readReconciled(reply: unknown): Reconciled {
  const [type, sent]: readonly unknown[] = Array.isArray(reply) ? reply : [];
  if (type === 'sent') return { type, sent: JSON.parse(String(sent)) as SentRecord };
  if (type === 'released' || type === 'unknown' || type === 'not_failed') return { type };
  throw new TypeError(NOT_THE_SCRIPT);
}

/** Keeps the intents in the jobs' own records in Redis, each step one script. */
export function redisIntents(
  redis: Redis,
  key: QueueKey,
  { lockMs, rateLimit }: { readonly lockMs: number; readonly rateLimit?: SendRateLimit | undefined },
): Intents {
  const { max, perMs } = rateLimit ?? NO_RATE_LIMIT;
  const take = defineScript(redis, TAKE);
  const answered = defineScript(redis, ANSWERED);
  const putBack = defineScript(redis, PUT_BACK);
  const settle = defineScript(redis, SETTLE);
  const note = defineScript(redis, NOTE);
  const release = defineScript(redis, RELEASE);
  const reconcile = defineScript(redis, RECONCILE);
  const failed = key('failed');
  const completed = key('completed');
  const events = key('events');
  const slots = key('wg-slots');
  const takeSoon = batched(async (takings: readonly Parameters<Intents['take']>[]) => {
    const settings = [key(''), lockMs, max, perMs];
    const reply = await take(key('limiter'), slots, ...settings, ...takings.flat());
    return Array.isArray(reply) ? (reply as readonly unknown[]) : [];
  });
  return {
    take: async (...taking) => readTaken(await takeSoon(taking)),
    putBack: async (jobId, lockToken, run) => {
      const lists = [key('active'), key('wait'), key('stalled'), key('marker'), events, key('wg-turns')];
      await putBack(key(jobId), ...lists, jobId, lockToken, key(''), run === 'begun' ? 0 : -1);
    },
    answered: async (attempt) => {
      if (rateLimit !== undefined) await answered(slots, attempt, perMs);
    },
    settle: async (jobId, attempt, sent) => {
      const record = JSON.stringify(sent);
      return (await settle(key(jobId), failed, completed, events, jobId, attempt, record, Date.now())) === 1;
    },
    note: async (jobId, attempt, code) => {
      await note(key(jobId), attempt, code);
    },
    release: async (jobId, attempt, code) =>
      (await release(key(jobId), failed, jobId, attempt, code)) as Released,
    reconcile: async (jobId) =>
      readReconciled(await reconcile(key(jobId), failed, completed, events, jobId, Date.now())),
  };
}
