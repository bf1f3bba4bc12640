import { once } from 'node:events';
import { createEventQueue, createSendQueue } from 'express-whatsapp-gateway/bullmq';
import { postgresDeliveryStore } from '../../../docs/recipes/postgres-delivery-store.ts';
import { createApp } from './app.ts';
import { openPool } from './database.ts';
import { createErrorLog, log, type Part } from './part.ts';
import type { Settings } from './settings.ts';

const HOUR_MS = 60 * 60 * 1_000;
const CONNECTIONS = 10;

/** Takes the gateway's webhooks and the shop's own calls. */
export async function startWeb(
  { databaseUrl, redisUrl, queuePrefix, port, webhookSecret, eventIdField }: Settings,
  { createStore = postgresDeliveryStore } = {},
): Promise<Part> {
  const pool = openPool({ databaseUrl, max: CONNECTIONS });
  const deliveries = createStore(pool);
  const queues = { connection: { url: redisUrl }, prefix: queuePrefix, onError: createErrorLog() };
  const events = createEventQueue(queues);
  const sends = createSendQueue(queues);
  setInterval(() => deliveries.removeEnded().catch(createErrorLog()), HOUR_MS).unref();

  const server = createApp({ deliveries, events, sends, webhookSecret, eventIdField, log }).listen(
    port,
    '127.0.0.1',
  );
  await once(server, 'listening');
  return {
    async stop() {
      server.close();
      server.closeIdleConnections();
      await once(server, 'close');
      await Promise.all([events.close(), sends.close()]);
      await pool.end();
    },
  };
}
