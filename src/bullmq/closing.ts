import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { CLOSE_GRACE_MS } from '../protocol.ts';

async function settledWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const settled = promise.then(
    () => true,
    () => true,
  );
  const result = await Promise.race([settled, late]);
  clearTimeout(timer);
  return result;
}

/** BullMQ's worker, which can also be closed where it never reached Redis. */
export class ClosableWorker<Data, Result> extends Worker<Data, Result> {
  /** Ends the timer that renews locks: BullMQ's own `close` gets to it only after it has reached Redis. */
  async endTimers(): Promise<void> {
    await this.lockManager.close();
  }
}

/** What is closed with a worker. */
export interface Closing {
  readonly worker: Pick<ClosableWorker<unknown, unknown>, 'close' | 'endTimers' | 'getBackend'>;
  /** The worker's own connection. */
  readonly redis: Redis;
  /** How long the jobs under way may go on. */
  readonly timeoutMs: number;
  /** Ends the jobs under way. */
  readonly abort: () => void;
}

/**
 * Closes a worker: it takes no more jobs, and those under way are finished, or ended after a while and then still
 * have a moment to write down what came of them. Never rejects and never hangs, also where Redis is away.
 */
export async function closeWorker({ worker, redis, timeoutMs, abort }: Closing): Promise<void> {
  const closed = worker.close();
  if (!(await settledWithin(closed, timeoutMs))) {
    abort();
    await settledWithin(closed, CLOSE_GRACE_MS);
  }
  // Also what was never connected, and would try to for ever.
  await settledWithin(worker.getBackend().close(true), CLOSE_GRACE_MS);
  await worker.endTimers();
  await closeRedis(redis);
}

/** Closes a connection: in good order if it is one, and else at once. */
export async function closeRedis(redis: Redis): Promise<void> {
  if (redis.status === 'ready') await settledWithin(redis.quit(), CLOSE_GRACE_MS);
  redis.disconnect();
}
