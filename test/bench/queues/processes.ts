import { cpus } from 'node:os';
import { type Bench, type Report, show } from '../harness/report.ts';
import { compare, type Measure } from '../harness/rounds.ts';
import { type Spread, spreadOf } from '../harness/spread.ts';
import { deliverAll, startWebProcess, type WebProcess } from './load.ts';
import { startBenchRedis } from './redis.ts';

const DELIVERIES = 300;
const AT_ONCE = 64;
const ROUNDS = 7;
const SEVERAL = 4;
const MICROSECONDS = 1_000;
/** From here on something counts as used up. */
const FULL = 0.85;

type Count = 'one' | 'four';
type User = 'web' | 'redis' | 'load' | 'others' | 'busiest';

/** How many processors were in use at all, by whomever, since an earlier call. */
function machineTimes(): { readonly busy: number; readonly all: number } {
  let busy = 0;
  let all = 0;
  for (const { times } of cpus()) {
    const total = times.user + times.nice + times.sys + times.irq + times.idle;
    all += total;
    busy += total - times.idle;
  }
  return { busy, all };
}

function nameLimit(used: Readonly<Record<User, Spread>>, cores: number): string {
  const { web, redis, load, others, busiest } = used;
  const sum = web.median + redis.median + load.median + others.median;
  if (others.median >= cores / 2) return 'other programs on this machine: measure again';
  if (busiest.median >= FULL) return 'the one thread of a web process';
  if (load.median >= FULL) return 'the one thread of whoever delivers';
  if (redis.median >= FULL) return 'the one thread of Redis';
  if (sum >= FULL * cores) return `the machine's ${cores} processors, which all of them share`;
  return 'none of these: waiting for each other';
}

/** Whether more web processes answer more deliveries. */
export const processes: Bench = {
  title: 'Four web processes beside one, on one machine',
  async run(): Promise<Report> {
    const redis = await startBenchRedis();
    const all: WebProcess[] = [];
    for (let number = 0; number < SEVERAL; number += 1) all.push(await startWebProcess('queue', redis.url));
    const groups: Record<Count, readonly WebProcess[]> = { one: all.slice(0, 1), four: all };
    const shares: Record<Count, Record<User, number[]>> = {
      one: { web: [], redis: [], load: [], others: [], busiest: [] },
      four: { web: [], redis: [], load: [], others: [], busiest: [] },
    };

    const timed =
      (count: Count): Measure =>
      async () => {
        const group = groups[count];
        const look = async () => ({
          webs: await Promise.all(group.map((web) => web.processorMicroseconds())),
          redis: await redis.processorMicroseconds(),
          load: process.cpuUsage(),
          machine: machineTimes(),
        });
        const before = await look();
        const startedAt = performance.now();
        await deliverAll(group, DELIVERIES, AT_ONCE);
        const tookMs = performance.now() - startedAt;
        const after = await look();
        const inProcessors = (microseconds: number): number => microseconds / (tookMs * MICROSECONDS);
        const webs = after.webs.map((used, index) => inProcessors(used - (before.webs[index] ?? 0)));
        const web = webs.reduce((sum, share) => sum + share, 0);
        const server = inProcessors(after.redis - before.redis);
        const { user, system } = process.cpuUsage(before.load);
        const load = inProcessors(user + system);
        const machine = after.machine.busy - before.machine.busy;
        const span = after.machine.all - before.machine.all;
        const busy = (machine / Math.max(1, span)) * cpus().length;
        const found = { web, redis: server, load, others: Math.max(0, busy - web - server - load) };
        for (const user of ['web', 'redis', 'load', 'others'] as const) shares[count][user].push(found[user]);
        shares[count].busiest.push(Math.max(...webs));
        return (tookMs * MICROSECONDS) / DELIVERIES;
      };
    const rounds = await compare({ one: timed('one'), four: timed('four') }, { rounds: ROUNDS });
    await Promise.all(all.map((web) => web.stop()));
    await redis.stop();

    const rows = (['one', 'four'] as const).map((count) => {
      const { web, redis: server, load, others, busiest } = shares[count];
      const used = {
        web: spreadOf(web),
        redis: spreadOf(server),
        load: spreadOf(load),
        others: spreadOf(others),
        busiest: spreadOf(busiest),
      };
      const figures = [used.web, used.redis, used.load, used.others].map(({ median }) => median.toFixed(2));
      return [
        count === 'one' ? '1 web process' : `${SEVERAL} web processes`,
        show(rounds.cost(count)),
        show(rounds.ratio('one', count)),
        ...figures,
        nameLimit(used, cpus().length),
      ];
    });
    return {
      about:
        `Each round makes ${DELIVERIES} deliveries, ${AT_ONCE} at once, that whatsappGatewayWebhook and createEventQueue ` +
        'queue; four processes get them in turn. The columns in the middle say how many processors each used.',
      tables: [
        {
          head: ['', 'µs a delivery', '× one', 'web', 'Redis', 'delivering', 'other programs', 'what limits'],
          rows,
        },
      ],
      wanted: [],
    };
  },
};
