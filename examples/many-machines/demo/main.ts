import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { openPool } from '../src/database.ts';
import { playConversation } from './conversation.ts';
import { checkServers, type Stage, startStage } from './stage.ts';

const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
const stops: (() => Promise<void>)[] = [];
let isStopping = false;

async function stop(): Promise<void> {
  isStopping = true;
  // The last that was started is the first to go; what one part leaves behind keeps no other.
  for (const each of stops.reverse()) await each().catch((error: unknown) => console.error(error));
}

async function fail(error: unknown): Promise<never> {
  console.error(`\n  ✗ ${error instanceof Error ? error.message : error}\n`);
  await stop();
  process.exit(1);
}

function describe({ redis, postgres, gateway, balancer, webUrls, parts }: Stage): string {
  const rows = [
    ['redis', redis.url, redis.pid ?? 'yours (REDIS_URL)'],
    ['postgres', postgres.url, postgres.pid ?? 'yours (DATABASE_URL)'],
    ['gateway', gateway.url, `${process.pid} (an emulator, in this process; no account needed)`],
    ['balancer', balancer.url, `${process.pid} (in this process)`],
    ...parts.map(({ name, pid }, index) => [name, webUrls[index] ?? '', pid]),
  ];
  return rows
    .map(([name, address, pid]) => `  ${String(name).padEnd(16)}${String(address).padEnd(50)}pid ${pid}`)
    .join('\n');
}

const interrupted = once(process, 'SIGINT');
try {
  checkServers();
} catch (error) {
  await fail(error);
}
console.log('\nStarting the servers and six processes of the app ...\n');
const stage = await startStage(stops, (name, line) => {
  if (!isStopping) console.log(`     ${name.padEnd(16)}${line}`);
}).catch(fail);
console.log(`${describe(stage)}\n`);

const pool = openPool({ databaseUrl: stage.postgres.url, max: 1 });
stops.push(() => pool.end());
await playConversation({ gateway: stage.gateway, url: stage.balancer.url, pool }).catch(fail);

if (!values.once) {
  const worker = stage.parts.find(({ name }) => name.startsWith('send-worker'));
  console.log(`All of it goes on running until Ctrl-C. Try:

  Write to the app as a customer, opt out, and see every delivery and its signature:

    ${stage.gateway.url}/

  Ship an order of Noura's, who has not opted out; and again, which sends nothing:

    curl -X POST ${stage.balancer.url}/orders/1044/shipped -H 'Content-Type: application/json' -d '{"phone":"+966551112233"}'

  See what waits, what is sent, and what nobody knows about:

    curl ${stage.balancer.url}/status

  Kill a process; it is started again, and nothing is lost or sent twice:

    kill -9 ${worker?.pid}
`);
  await interrupted;
  console.log('\nStopping.');
}
await stop();
process.exit(0);
