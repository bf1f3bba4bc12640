import { type GatewayEmulator, startGatewayEmulator } from 'express-whatsapp-gateway/testing';
import type { Pool } from 'pg';
import { startBalancer } from '../../examples/many-machines/demo/balancer.ts';
import { type PartProcess, startPartProcess } from '../../examples/many-machines/demo/part-process.ts';
import { openPool, prepareDatabase } from '../../examples/many-machines/src/database.ts';
import { freePort } from '../support/free-port.ts';
import { startPostgres } from '../support/postgres.ts';
import { type OwnRedis, startOwnRedis } from '../support/redis.ts';
import { bundleProgram } from './bundle.ts';
import type { ChaosOptions } from './options.ts';
import { createQueues, type Queues } from './queues.ts';

/** Everything that runs. */
export interface Stage {
  readonly gateway: GatewayEmulator;
  /** Where the shop's own calls go. */
  readonly url: string;
  readonly redis: OwnRedis;
  readonly pool: Pool;
  readonly queues: Queues;
  readonly parts: readonly PartProcess[];
}

export const EVENT_ID_FIELD = 'external_id';

const WEBHOOK_SECRET = 'whsec_chaos_only';
const QUEUE_PREFIX = 'chaos';
/** As many as PostgreSQL's hundred connections allow. */
const WORKER_CONCURRENCY = '12';
const OF_EACH = [1, 2] as const;
/** Of each kind: every event may be tried, and every message sent, several times over. */
const RECORDS_PER_EVENT = 10;
/** Patient enough for the lease of a web process that was killed. */
const RETRIES = { attempts: 100, delaysMs: [200, 500, 1_000, 2_000] };

/**
 * Starts PostgreSQL, a Redis with its append-only file, the gateway, and six processes of the example behind a balancer.
 *
 * @param stops Gets what stops each part, in the order in which they were started.
 */
export async function startStage(
  { events, seed, sabotage, verbose }: ChaosOptions,
  stops: (() => Promise<void>)[],
): Promise<Stage> {
  const { path: program, remove } = await bundleProgram('part');
  stops.push(remove);
  const redis = await startOwnRedis();
  stops.push(() => redis.stop());
  const postgres = await startPostgres();
  stops.push(() => postgres.stop());
  await prepareDatabase(postgres.url);
  const pool = openPool({ databaseUrl: postgres.url, max: 2 });
  stops.push(() => pool.end());
  const queues = createQueues({ url: redis.url, prefix: QUEUE_PREFIX });
  stops.push(() => queues.close());

  const ports = [await freePort(), await freePort()];
  const balancer = await startBalancer(ports.map((port) => `http://127.0.0.1:${port}`));
  stops.push(() => balancer.close());
  const gateway = await startGatewayEmulator({
    seed,
    plan: 'unlimited',
    historyLimit: events * RECORDS_PER_EVENT,
    retries: RETRIES,
    webhook: { url: `${balancer.url}/webhooks/whatsapp-gateway`, secret: WEBHOOK_SECRET },
  });
  stops.push(() => gateway.close());

  const env = {
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    QUEUE_PREFIX,
    WORKER_CONCURRENCY,
    WHATSAPP_GATEWAY_WEBHOOK_SECRET: WEBHOOK_SECRET,
    WHATSAPP_GATEWAY_EVENT_ID_FIELD: EVENT_ID_FIELD,
    WHATSAPP_GATEWAY_API_KEY: gateway.apiKey,
    WHATSAPP_GATEWAY_INSTANCE_ID: gateway.instanceId,
    WHATSAPP_GATEWAY_BASE_URL: gateway.url,
    CHAOS_EVENTS: String(events),
    ...(sabotage !== undefined && { CHAOS_SABOTAGE: sabotage }),
  };
  function start(part: string, number: number, more: Readonly<Record<string, string>> = {}): PartProcess {
    const name = `${part} ${number}`;
    const onLine = (line: string): void => {
      if (verbose) console.log(`${name}: ${line}`);
    };
    const started = startPartProcess({ name, part, program, env: { ...env, ...more }, onLine });
    stops.push(() => started.end());
    return started;
  }
  const parts = [
    ...ports.map((port, index) => start('web', index + 1, { PORT: String(port) })),
    ...OF_EACH.map((number) => start('event-worker', number)),
    ...OF_EACH.map((number) => start('send-worker', number)),
  ];
  await Promise.all(parts.map((part) => part.ready()));
  return { gateway, url: balancer.url, redis, pool, queues, parts };
}
