import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { checkId, sendIds } from './ids.ts';
import { ATTEMPT, UNKNOWN } from './intent-scripts.ts';
import type { QueueKey } from './keys.ts';
import type { SentRecord } from './send-job.ts';

/** What became of a queued message. */
export interface QueuedSendStatus {
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

/** Reads what became of a message. */
export async function readSendStatus(
  redis: Redis,
  key: QueueKey,
  queue: Queue<unknown, SentRecord>,
  id: string,
): Promise<QueuedSendStatus | undefined> {
  checkId('find', id);
  const jobId = sendIds.encode(id);
  const [state, [attempt, why], job] = await Promise.all([
    queue.getJobState(jobId),
    redis.hmget(key(jobId), ATTEMPT, UNKNOWN),
    queue.getJob(jobId),
  ]);
  if (job === undefined) return undefined;
  if (state === 'completed') {
    const { messageId = null, logId = null } = job.returnvalue ?? {};
    return { id, state: 'sent', messageId, logId };
  }
  const code = why ?? job.failedReason;
  const known = { id, ...(code !== undefined && { code }) };
  if (state === 'failed') {
    if (!attempt) return { ...known, state };
    return { ...known, state: 'unknown', code: why ?? 'worker_lost' };
  }
  if (state === 'delayed') return { ...known, state };
  return { ...known, state: state === 'waiting' || state === 'prioritized' ? 'waiting' : 'active' };
}
