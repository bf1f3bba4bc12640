import { createSender } from 'express-whatsapp-gateway';
import { createSendWorker, type SendWorkerOptions } from 'express-whatsapp-gateway/bullmq';
import { openPool } from './database.ts';
import { lockedSender } from './locked-sender.ts';
import { hasOptedOut } from './opt-outs.ts';
import { createErrorLog, log, type Part } from './part.ts';
import type { Settings } from './settings.ts';

/** For the short questions; a lock holds its connection for as long as the send takes. */
const CONNECTIONS = 4;

/** Sends what is queued. */
export async function startSendWorker(
  { databaseUrl, redisUrl, queuePrefix, concurrency, gateway }: Settings,
  options: Partial<SendWorkerOptions> = {},
): Promise<Part> {
  const pool = openPool({ databaseUrl, max: CONNECTIONS });
  const locks = openPool({ databaseUrl, max: concurrency });
  const sender = createSender({ ...gateway, isSuppressed: (phone) => hasOptedOut(pool, phone) });
  const worker = createSendWorker({
    connection: { url: redisUrl },
    prefix: queuePrefix,
    onError: createErrorLog(),
    concurrency,
    sender: lockedSender(sender, locks),
    onOutcome: ({ type, id, code }) => log(['send', type, id, code].filter(Boolean).join(' ')),
    ...options,
  });
  return {
    async stop() {
      await worker.close();
      await sender.close();
      await Promise.all([pool.end(), locks.end()]);
    },
  };
}
