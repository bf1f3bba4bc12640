import { type Bench, show, type Table, want } from '../harness/report.ts';
import { compare, type Measure } from '../harness/rounds.ts';
import { deliverAll, startWebProcess, type WebProcess } from './load.ts';
import type { Receiving } from './receiving-app.ts';
import { startBenchRedis } from './redis.ts';

const DELIVERIES = 400;
const AT_ONCE = 32;
const ROUNDS = 15;
const AT_LEAST = 0.9;

const NAMES: Record<Receiving, string> = {
  hand: 'by hand: express.raw, HMAC, JSON.parse, queue.add',
  queue: 'whatsappGatewayWebhook and createEventQueue',
  memory: 'whatsappGatewayWebhook, memory store, a handler that does nothing',
  redis: 'whatsappGatewayWebhook, Redis store, a handler that does nothing',
};
const WAYS = Object.keys(NAMES) as Receiving[];

/** Deliveries answered by one Express process. */
export const receiving: Bench = {
  title: 'Receive deliveries in one Express 5 process',
  async run() {
    const redis = await startBenchRedis();
    const processes = new Map<Receiving, WebProcess>();
    for (const way of WAYS) processes.set(way, await startWebProcess(way, redis.url));
    const processor = new Map<Receiving, number>(WAYS.map((way) => [way, 0]));
    let measured = 0;

    const timed =
      (way: Receiving): Measure =>
      async () => {
        const web = processes.get(way);
        if (web === undefined) throw new Error('It was not started.');
        const before = await web.processorMicroseconds();
        const startedAt = performance.now();
        await deliverAll([web], DELIVERIES, AT_ONCE);
        const took = performance.now() - startedAt;
        processor.set(way, (processor.get(way) ?? 0) + (await web.processorMicroseconds()) - before);
        measured += 1 / WAYS.length;
        return (took * 1_000) / DELIVERIES;
      };
    const measures = {
      hand: timed('hand'),
      queue: timed('queue'),
      memory: timed('memory'),
      redis: timed('redis'),
    };
    const rounds = await compare(measures, { rounds: ROUNDS, warmUp: 4 });
    await Promise.all([...processes.values()].map((web) => web.stop()));
    await redis.stop();

    const rows = WAYS.map((way) => [
      NAMES[way],
      show(rounds.cost(way)),
      show(rounds.ratio('hand', way)),
      show(rounds.ratio('memory', way)),
      ((processor.get(way) ?? 0) / Math.round(measured) / DELIVERIES).toFixed(0),
    ]);
    const table: Table = {
      head: [
        '',
        'µs a delivery',
        'deliveries, × by hand',
        '× the memory store',
        'µs of processor, of the web process',
      ],
      rows,
    };
    return {
      about:
        `Each round makes ${DELIVERIES} deliveries of 300 B, ${AT_ONCE} at once, each signed and unlike any other, to one ` +
        'process of Express 5. Whoever delivers and Redis, which writes no file, share the machine with it.',
      tables: [table],
      wanted: [
        want('events queued, of what a route by hand queues', rounds.ratio('hand', 'queue'), {
          atLeast: AT_LEAST,
        }),
      ],
    };
  },
};
