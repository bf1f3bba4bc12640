import { type GatewayEmulator, startGatewayEmulator } from 'express-whatsapp-gateway/testing';
import { freePort } from '../../../test/support/free-port.ts';
import { startPostgres, type TestPostgres, whyNoPostgres } from '../../../test/support/postgres.ts';
import { startRedis, type TestRedis, whyNoRedis } from '../../../test/support/redis.ts';
import { prepareDatabase } from '../src/database.ts';
import { type Balancer, startBalancer } from './balancer.ts';
import { type PartProcess, startPartProcess } from './part-process.ts';

/** Everything that runs. */
export interface Stage {
  readonly redis: TestRedis;
  readonly postgres: TestPostgres;
  readonly gateway: GatewayEmulator;
  readonly balancer: Balancer;
  /** Where the web processes listen, behind the balancer. */
  readonly webUrls: readonly string[];
  readonly parts: readonly PartProcess[];
}

/** What it is told of: a line that a part printed, or that it died. */
export type OnLine = (partName: string, line: string) => void;

const WEBHOOK_PATH = '/webhooks/whatsapp-gateway';
const WEBHOOK_SECRET = 'whsec_example_only';
const OF_EACH = [1, 2] as const;

/** @throws Error naming what is not installed, and how to install it. */
export function checkServers(): void {
  const missing = [whyNoRedis(), whyNoPostgres()].filter((reason) => reason !== undefined);
  if (missing.length > 0) throw new Error(`Not everything is here: ${missing.join('; ')}.`);
}

/**
 * Starts the servers that the environment does not name, the gateway, and the app's six processes.
 *
 * @param stops Gets what stops each part, in the order in which they were started.
 */
export async function startStage(stops: (() => Promise<void>)[], onLine: OnLine): Promise<Stage> {
  checkServers();
  const redis = await startRedis();
  stops.push(() => redis.stop());
  const postgres = await startPostgres();
  stops.push(() => postgres.stop());
  await prepareDatabase(postgres.url);
  const gateway = await startGatewayEmulator({ webhookSecret: WEBHOOK_SECRET });
  stops.push(() => gateway.close());

  const ports = [await freePort(), await freePort()];
  const webUrls = ports.map((port) => `http://127.0.0.1:${port}`);
  const balancer = await startBalancer(webUrls);
  stops.push(() => balancer.close());
  gateway.setWebhook({ url: `${balancer.url}${WEBHOOK_PATH}`, secret: WEBHOOK_SECRET });

  const env = {
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    // A Redis of yours may hold other queues, or those of an earlier run.
    QUEUE_PREFIX: `many-machines-example-${process.pid}`,
    WHATSAPP_GATEWAY_WEBHOOK_SECRET: WEBHOOK_SECRET,
    WHATSAPP_GATEWAY_API_KEY: gateway.apiKey,
    WHATSAPP_GATEWAY_INSTANCE_ID: gateway.instanceId,
    WHATSAPP_GATEWAY_BASE_URL: gateway.url,
  };
  function start(part: string, number: number, more: Readonly<Record<string, string>> = {}): PartProcess {
    const name = `${part} ${number}`;
    const process = startPartProcess({
      name,
      part,
      env: { ...env, ...more },
      onLine: (line) => onLine(name, line),
      onDeath: (why) => onLine(name, `died (${why}), is started again`),
    });
    stops.push(() => process.stop());
    return process;
  }
  const parts = [
    ...ports.map((port, index) => start('web', index + 1, { PORT: String(port) })),
    ...OF_EACH.map((number) => start('event-worker', number)),
    ...OF_EACH.map((number) => start('send-worker', number)),
  ];
  await Promise.all(parts.map((part) => part.ready()));
  return { redis, postgres, gateway, balancer, webUrls, parts };
}
