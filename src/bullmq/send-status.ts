import type { Redis } from 'ioredis';
import { checkId, sendIds } from './ids.ts';
import { ATTEMPT, UNKNOWN } from './intent-scripts.ts';
import type { QueueKey } from './keys.ts';
import type { SentRecord } from './send-job.ts';

/** What became of a queued message. */
export interface QueuedSendStatus {
  /** The id that `add` was given, or made. */
  readonly id: string;
  /** As in the counts of the queue. */
  readonly state: 'waiting' | 'delayed' | 'active' | 'sent' | 'failed' | 'unknown';
  /** Why it failed the last time, if it did. */
  readonly code?: string;
  /** The gateway's id of the message, if it was sent. */
  readonly messageId?: string | null;
  /** The number of the gateway's log entry, if it was sent. */
  readonly logId?: number | null;
}

/** Reads what became of a message, all of it as of one moment. */
export async function readSendStatus(
  redis: Redis,
  key: QueueKey,
  id: string,
): Promise<QueuedSendStatus | undefined> {
  checkId('find', id);
  const jobId = sendIds.encode(id);
  const replies = await redis
    .multi()
    .hmget(key(jobId), 'data', 'returnvalue', 'failedReason', ATTEMPT, UNKNOWN)
    .zscore(key('completed'), jobId)
    .zscore(key('failed'), jobId)
    .zscore(key('delayed'), jobId)
    .lpos(key('active'), jobId)
    .exec();
  if (replies === null) throw new TypeError('Redis answered nothing.');
  const [record, completed, failed, delayed, active] = replies.map(([error, reply]) => {
    if (error !== null) throw error;
    return reply;
  });
  const [data, result, failedReason, attempt, why] = record as (string | null)[];
  if (data === null) return undefined;
  if (completed !== null) {
    const { messageId, logId } = JSON.parse(result ?? '{}') as Partial<SentRecord>;
    return { id, state: 'sent', messageId: messageId ?? null, logId: logId ?? null };
  }
  if (failed !== null && attempt !== null) return { id, state: 'unknown', code: why ?? 'worker_lost' };
  const lastCode = failedReason ? { code: failedReason } : {};
  if (failed !== null) return { id, state: 'failed', ...lastCode };
  if (delayed !== null) return { id, state: 'delayed', ...lastCode };
  return { id, state: active === null ? 'waiting' : 'active', ...lastCode };
}
