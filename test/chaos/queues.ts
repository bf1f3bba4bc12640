import { createSendQueue, type SendQueue } from 'express-whatsapp-gateway/bullmq';
import { Redis } from 'ioredis';

/** The example's queues, as somebody outside sees them. */
export interface Queues {
  readonly sends: SendQueue;
  /** How many events and sends are not over; `undefined` while Redis is away. */
  backlog(): Promise<number | undefined>;
  /**
   * Whether a send about an order that lost its worker so often was begun by another one just now, and its intent is not
   * recorded yet.
   */
  hasLostOrderBeforeIntent(timesLost: number, withinMs: number): Promise<boolean>;
  close(): Promise<void>;
}

const RECONNECT_MS = 100;
const EVENT_QUEUE = 'whatsapp-gateway-events';
const SEND_QUEUE = 'whatsapp-gateway-sends';
const ORDERS = 'send-order-';

export function createQueues({ url, prefix }: { readonly url: string; readonly prefix: string }): Queues {
  const sends = createSendQueue({ connection: { url }, prefix, onError: () => undefined });
  const redis = new Redis(url, {
    retryStrategy: () => RECONNECT_MS,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
  });
  redis.on('error', () => undefined);
  const key = (name: string): string => `${prefix}:${SEND_QUEUE}:${name}`;

  return {
    sends,
    async backlog() {
      if (redis.status !== 'ready') return undefined;
      const asked = redis.pipeline();
      for (const queue of [EVENT_QUEUE, SEND_QUEUE]) {
        for (const list of ['wait', 'active']) asked.llen(`${prefix}:${queue}:${list}`);
        for (const set of ['prioritized', 'delayed']) asked.zcard(`${prefix}:${queue}:${set}`);
      }
      const answers = await asked.exec().catch(() => null);
      if (answers === null || answers.some(([error]) => error !== null)) return undefined;
      return answers.reduce((sum, [, count]) => sum + Number(count), 0);
    },
    async hasLostOrderBeforeIntent(timesLost, withinMs) {
      const active = await redis.lrange(key('active'), 0, -1);
      const orders = active.filter((id) => id.startsWith(ORDERS));
      const jobs = await Promise.all(
        orders.map((id) => redis.hmget(key(id), 'stc', 'wg:attempt', 'processedOn')),
      );
      return jobs.some(
        ([lost, attempt, begunAt]) =>
          Number(lost ?? 0) >= timesLost && attempt === null && Date.now() - Number(begunAt) < withinMs,
      );
    },
    async close() {
      redis.disconnect();
      await sends.close();
    },
  };
}
