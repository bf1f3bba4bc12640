import {
  createEventQueue,
  createSendQueue,
  type EventQueue,
  type SendQueue,
} from 'express-whatsapp-gateway/bullmq';
import { Redis } from 'ioredis';

/** The example's queues, as somebody outside sees them. */
export interface Queues {
  readonly events: EventQueue;
  readonly sends: SendQueue;
  /** How many events and sends are not over; `undefined` while Redis is away. */
  backlog(): Promise<number | undefined>;
  /** Whether a send that lost its worker before is with another one now, before its intent is recorded. */
  hasLostSendBeforeIntent(timesLost: number): Promise<boolean>;
  close(): Promise<void>;
}

const SEND_QUEUE = 'whatsapp-gateway-sends';

export function createQueues({ url, prefix }: { readonly url: string; readonly prefix: string }): Queues {
  const options = { connection: { url }, prefix, onError: () => undefined };
  const events = createEventQueue(options);
  const sends = createSendQueue(options);
  const redis = new Redis(url, { retryStrategy: () => 100 });
  redis.on('error', () => undefined);
  const key = (name: string): string => `${prefix}:${SEND_QUEUE}:${name}`;

  return {
    events,
    sends,
    async backlog() {
      try {
        const [ofEvents, ofSends] = await Promise.all([events.counts(), sends.counts()]);
        return [ofEvents, ofSends].reduce(
          (sum, { waiting, delayed, active }) => sum + waiting + delayed + active,
          0,
        );
      } catch {
        return undefined;
      }
    },
    async hasLostSendBeforeIntent(timesLost) {
      const active = await redis.lrange(key('active'), 0, -1);
      const jobs = await Promise.all(active.map((id) => redis.hmget(key(id), 'stc', 'wg:attempt')));
      return jobs.some(([lost, attempt]) => Number(lost ?? 0) >= timesLost && attempt === null);
    },
    async close() {
      redis.disconnect();
      await Promise.all([events.close(), sends.close()]);
    },
  };
}
