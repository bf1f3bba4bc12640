import { createEventWorker, createSendQueue, type EventWorkerOptions } from 'express-whatsapp-gateway/bullmq';
import { openPool } from './database.ts';
import { recordMessage } from './inbox.ts';
import { createErrorLog, log, type Part } from './part.ts';
import type { Settings } from './settings.ts';

/** Does what events ask for: keeps each message and queues a reply. */
export async function startEventWorker(
  { databaseUrl, redisUrl, queuePrefix, concurrency }: Settings,
  options: Partial<EventWorkerOptions> = {},
): Promise<Part> {
  const pool = openPool({ databaseUrl, max: concurrency });
  const queues = { connection: { url: redisUrl }, prefix: queuePrefix, onError: createErrorLog() };
  const sends = createSendQueue(queues);
  const worker = createEventWorker({
    ...queues,
    concurrency,
    async onMessage(event, { phone, deliveryKey }) {
      const ticket = await recordMessage(pool, { deliveryKey, phone, text: event.message_text });
      // Also where an earlier run kept the message: it may have ended before it came to this. The id makes it one reply.
      await sends.add(
        { phone, message: `استلمنا رسالتك، ورقم تذكرتك ${ticket}.`, purpose: 'support' },
        { id: `reply-${deliveryKey}` },
      );
    },
    onOutcome: ({ type, event, attempt }) => log(`event ${type} ${event}, run ${attempt}`),
    ...options,
  });
  return {
    async stop() {
      await worker.close();
      await sends.close();
      await pool.end();
    },
  };
}
