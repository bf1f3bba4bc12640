import { createSender } from 'express-whatsapp-gateway';
import { startChild } from '../harness/child.ts';
import { type Bench, show, type Table, want } from '../harness/report.ts';
import { compare, type Rounds } from '../harness/rounds.ts';
import { type BenchRedis, startBenchRedis } from './redis.ts';
import { type BenchSender, bare, ours, type SendContender } from './sending-contenders.ts';

/** A worker at its default, and a busy one, whose intents are recorded several at once. */
const FEW = 8;
const MANY = 32;
const MESSAGES = 400;
const ROUNDS = 15;
const AT_LEAST = 0.85;

type Contender = 'bare' | 'ours';
const NAMES: Record<Contender, string> = {
  bare: 'bare BullMQ: queue.add, and a Worker that sends',
  ours: 'createSendQueue and createSendWorker',
};

/** Sends nothing: what is left is the queue. */
const stub: BenchSender = {
  send: async () => ({ status: 'sent', messageId: 'msg-1', logId: 1, attempts: 1, durationMs: 1 }),
};

interface Costs {
  readonly wall: Rounds<Contender>;
  /** Of each round, what one message cost this process and Redis, in microseconds of the processor. */
  readonly processor: Readonly<Record<Contender, string>>;
}

async function measure(redis: BenchRedis, sender: BenchSender, concurrency: number): Promise<Costs> {
  const settings = { url: redis.url, sender, concurrency };
  const contenders: Record<Contender, SendContender> = { bare: bare(settings), ours: ours(settings) };
  const used: Record<Contender, { node: number; redis: number; messages: number }> = {
    bare: { node: 0, redis: 0, messages: 0 },
    ours: { node: 0, redis: 0, messages: 0 },
  };
  const timed = (name: Contender) => async (): Promise<number> => {
    const nodeBefore = process.cpuUsage();
    const redisBefore = await redis.processorMicroseconds();
    const startedAt = performance.now();
    await contenders[name].run(MESSAGES);
    const took = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(nodeBefore);
    used[name].node += user + system;
    used[name].redis += (await redis.processorMicroseconds()) - redisBefore;
    used[name].messages += MESSAGES;
    return (took * 1_000) / MESSAGES;
  };
  const wall = await compare({ bare: timed('bare'), ours: timed('ours') }, { rounds: ROUNDS, warmUp: 4 });
  await Promise.all([contenders.bare.close(), contenders.ours.close()]);
  await redis.clear();
  const share = ({ node, redis: server, messages }: (typeof used)[Contender]): string =>
    `${(node / messages).toFixed(0)} and ${(server / messages).toFixed(0)}`;
  return { wall, processor: { bare: share(used.bare), ours: share(used.ours) } };
}

function tableOf(caption: string, { wall, processor }: Costs): Table {
  const contenders = Object.keys(NAMES) as Contender[];
  return {
    caption,
    head: ['', 'µs a message', 'messages, × bare', 'µs of processor: node and Redis'],
    rows: contenders.map((name) => [
      NAMES[name],
      show(wall.cost(name)),
      show(wall.ratio('bare', name)),
      processor[name],
    ]),
  };
}

/** The send queue beside BullMQ alone. */
export const sending: Bench = {
  title: 'Queue messages and send them',
  async run() {
    const redis = await startBenchRedis();
    const gateway = startChild(new URL('instant-gateway.ts', import.meta.url));
    const { port } = await gateway.next<{ port: number }>();
    const sender = createSender({
      apiKey: 'wg_live_bench',
      instanceId: 'i',
      baseUrl: `http://127.0.0.1:${port}`,
    });
    const few = await measure(redis, sender, FEW);
    const many = await measure(redis, sender, MANY);
    const queued = await measure(redis, stub, MANY);
    await sender.close();
    await gateway.stop();
    await redis.stop();
    return {
      about:
        `Each contender queues ${MESSAGES} messages a round, 50 calls of add at once, and sends them with the same sender in ` +
        'one process. BullMQ alone would send again after a crash; ours also records before each send that it is meant, ' +
        'which is one more way to Redis and back. With few sends at once and a gateway that answers at once that shows; ' +
        'real ones take longer than Redis. Redis writes no file here.',
      tables: [
        tableOf(`By a real sender to a gateway on this machine that answers at once, ${FEW} at once`, few),
        tableOf(`The same, ${MANY} at once`, many),
        tableOf(`By a function that does nothing, so that only the queue is left, ${MANY} at once`, queued),
      ],
      wanted: [
        want(`messages sent, of what bare BullMQ sends, ${MANY} at once`, many.wall.ratio('bare', 'ours'), {
          atLeast: AT_LEAST,
        }),
      ],
    };
  },
};
