/** One process of the example, with times that are short enough to wait for, and what a sabotage switches off. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createSender, type Sender } from 'express-whatsapp-gateway';
import type { EventWorkerOptions, SendWorkerOptions } from 'express-whatsapp-gateway/bullmq';
import type { Pool } from 'pg';
import {
  type PostgresDeliveryStore,
  postgresDeliveryStore,
} from '../../docs/recipes/postgres-delivery-store.ts';
import { inTransaction, openPool } from '../../examples/many-machines/src/database.ts';
import { startEventWorker } from '../../examples/many-machines/src/event-worker.ts';
import { hasOptedOut } from '../../examples/many-machines/src/opt-outs.ts';
import { startSendWorker } from '../../examples/many-machines/src/send-worker.ts';
import { readSettings } from '../../examples/many-machines/src/settings.ts';
import { startWeb } from '../../examples/many-machines/src/web.ts';
import type { Intents } from '../../src/bullmq/intents.ts';
import { INTERNALS, type Internals } from '../../src/bullmq/internals.ts';
import { isLeaving } from './plan.ts';

const LOCK: Internals = { lockMs: 4_000, stalledMs: 1_000 };
/** Retries that take seconds and not minutes; none is given up. */
const RETRIES = { attempts: 1_000, minDelayMs: 100, maxDelayMs: 1_000 };
/** Long enough to be killed in, again and again, with the same job. */
const STAND_STILL_MS = 2_000;
const OPT_OUT_WITHIN_MS = 5_000;
const ANSWERED_WITHIN_MS = 1_000;
const LOOK_EVERY_MS = 20;

const settings = readSettings(process.env);
const { CHAOS_SABOTAGE: sabotage, CHAOS_EVENTS: events } = process.env;
const [name] = process.argv.slice(2);

function alwaysClaiming(pool: Pool): PostgresDeliveryStore {
  return {
    ...postgresDeliveryStore(pool),
    claim: async () => 'claimed',
    complete: async () => undefined,
    inTransaction: (handle) => (event, context) =>
      inTransaction(pool, async (client) => {
        await handle(event, context, client);
      }),
  };
}

function withoutIntents(real: Intents): Intents {
  return { ...real, take: async () => ({ type: 'ours' }), release: async () => 'released' };
}

/** Stands still with the sends about orders before their intent is recorded. */
function slowIntents(real: Intents): Intents {
  return {
    ...real,
    async take(jobId, ...rest) {
      if (jobId.includes('order')) await sleep(STAND_STILL_MS);
      return real.take(jobId, ...rest);
    },
  };
}

/** Asks, and sends only when the answer has become wrong, with no lock to hold off the opt-out. */
function unlockedSender(): Pick<Sender, 'send'> {
  const pool = openPool({ databaseUrl: settings.databaseUrl, max: 4 });
  return createSender({
    ...settings.gateway,
    async isSuppressed(phone) {
      const isOut = await hasOptedOut(pool, phone);
      if (!isOut && isLeaving(phone, Number(events))) await waitForOptOut(pool, phone);
      return isOut;
    },
  });
}

async function waitForOptOut(pool: Pool, phone: string): Promise<void> {
  const giveUpAt = performance.now() + OPT_OUT_WITHIN_MS;
  while (performance.now() < giveUpAt && !(await hasOptedOut(pool, phone))) await sleep(LOOK_EVERY_MS);
  await sleep(ANSWERED_WITHIN_MS);
}

function sendInternals(): Internals {
  if (sabotage === 'intents') return { ...LOCK, maxStalledCount: 1, intents: withoutIntents };
  if (sabotage === 'max-stalled') return { ...LOCK, maxStalledCount: 1, intents: slowIntents };
  return LOCK;
}

const eventWorker: Partial<EventWorkerOptions> & { [INTERNALS]: Internals } = {
  ...RETRIES,
  [INTERNALS]: LOCK,
};
const sendWorker: Partial<SendWorkerOptions> & { [INTERNALS]: Internals } = {
  ...RETRIES,
  ...(sabotage === 'lock' && { sender: unlockedSender() }),
  [INTERNALS]: sendInternals(),
};

if (name === 'web') await startWeb(settings, sabotage === 'store' ? { createStore: alwaysClaiming } : {});
else if (name === 'event-worker') await startEventWorker(settings, eventWorker);
else if (name === 'send-worker') await startSendWorker(settings, sendWorker);
else throw new Error(`There is no part ${name}.`);

process.send?.('ready');
// Whoever runs the chaos is gone.
process.once('disconnect', () => process.exit(1));
