import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { jobNotFound, wrongState } from './errors.ts';
import type { JobIds } from './ids.ts';
import { FREE, MARK_SENT } from './intent-scripts.ts';
import type { QueueKey } from './keys.ts';
import { defineScript } from './script.ts';
import type { SentRecord } from './send-job.ts';

/** What a person decided to do with a failed send. */
export interface SendDecisions {
  markSent(id: string, sent: SentRecord): Promise<void>;
  sendAgain(id: string): Promise<void>;
}

/** The code of a send that a person freed, until it waits again: seen only where the process dies in between. */
const FREED = 'send_again';

/** Carries out what a person decided. Each step is one script, so that two people cannot both have their way. */
export function sendDecisions(redis: Redis, key: QueueKey, queue: Queue, ids: JobIds): SendDecisions {
  const mark = defineScript(redis, MARK_SENT);
  const free = defineScript(redis, FREE);
  const failed = key('failed');

  return {
    async markSent(id, sent) {
      const jobId = ids.encode(id);
      const record = JSON.stringify(sent);
      const done = await mark(key(jobId), failed, key('completed'), key('events'), jobId, record, Date.now());
      if (done === 'gone') throw jobNotFound(id);
      if (done !== 'done')
        throw wrongState(id, 'Only a send whose outcome is unknown can be marked as sent.');
    },
    async sendAgain(id) {
      const jobId = ids.encode(id);
      const done = await free(key(jobId), failed, jobId, FREED);
      const job = done === 'done' ? await queue.getJob(jobId) : undefined;
      if (done === 'gone' || (done === 'done' && job === undefined)) throw jobNotFound(id);
      const notFailed = 'Only a send that failed, or whose outcome is unknown, can be sent again.';
      if (job === undefined) throw wrongState(id, notFailed);
      try {
        await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
      } catch (error) {
        // Somebody else was faster; the record tells, because BullMQ's code means only "not in that list".
        if (await job.isFailed()) throw error;
        throw wrongState(id, notFailed);
      }
    },
  };
}
