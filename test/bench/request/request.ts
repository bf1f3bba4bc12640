import { type Child, startChild } from '../harness/child.ts';
import { type Bench, show, want } from '../harness/report.ts';
import { compare, join, type Rounds } from '../harness/rounds.ts';
import { type Spread, spreadOf } from '../harness/spread.ts';
import type { Load } from './client.ts';
import { servers } from './servers.ts';
import type { Style } from './styles.ts';

type Name = keyof typeof servers;

const names = Object.keys(servers) as Name[];

// Two processes of the same program can differ by a tenth for as long as they live.
const STARTS = 8;
// Until the memory store is full.
const WARM_UP = 12;
const ROUNDS = 8;
const REQUESTS = 1_000;
const NOTHING_CHECKED: Name = 'node:http, nothing checked';
const PLAIN: Name = 'node:http, hand-written';
const RECEIVER: Name = 'node:http, createWebhookReceiver';
const HAND_WRITTEN: Name = 'Express 5, hand-written';
const OURS: Name = 'Express 5, whatsappGatewayWebhook';
const LINE: Name = 'Express 5, @line/bot-sdk';
const OCTOKIT: Name = 'Express 5, @octokit/webhooks';

/** Measures one server by the processor's time that it takes for one request. */
async function contend(name: Name, style: Style, load: Child, perSecond: number[]) {
  const server = startChild(new URL('serve.ts', import.meta.url), { args: [name] });
  const { port } = await server.next<{ port: number }>();
  const spent = () => server.ask<{ processorMicroseconds: number }>({});
  return {
    stop: () => server.stop(),
    measure: async (): Promise<number> => {
      const before = await spent();
      const { tookMs } = await load.ask<{ tookMs: number }>({
        port,
        style,
        requests: REQUESTS,
      } satisfies Load);
      const after = await spent();
      perSecond.push((REQUESTS * 1_000) / tookMs);
      return (after.processorMicroseconds - before.processorMicroseconds) / REQUESTS;
    },
  };
}

/** Starts all servers and their client anew and compares them. */
async function compareAnew(rates: ReadonlyMap<Name, number[]>): Promise<Rounds<Name>> {
  const load = startChild(new URL('client.ts', import.meta.url));
  const running = await Promise.all(
    names.map(async (name) => ({
      name,
      ...(await contend(name, servers[name].style, load, rates.get(name) ?? [])),
    })),
  );
  const measures = Object.fromEntries(running.map(({ name, measure }) => [name, measure])) as Record<
    Name,
    () => Promise<number>
  >;
  const compared = await compare(measures, { rounds: ROUNDS, warmUp: WARM_UP });
  await Promise.all([load.stop(), ...running.map(({ stop }) => stop())]);
  return compared;
}

/** A whole request, from a socket to its answer. */
export const request: Bench = {
  title: 'A whole request',
  async run(scale) {
    const rates = new Map<Name, number[]>(names.map((name) => [name, []]));
    const runs: Rounds<Name>[] = [];
    while (runs.length < STARTS * scale) runs.push(await compareAnew(rates));
    const rounds = join(runs);

    const rate = (name: Name): Spread => spreadOf(rates.get(name) ?? []);
    return {
      about:
        'Each server is a process of its own and answers 50 connections of one client in another, 300 bytes a delivery, each ' +
        `delivery new and freshly signed; all are started anew ${runs.length} times. Compared is the processor's time that ` +
        'the server takes for one request: what bounds it when it is busy. Requests a second depend on the client and on ' +
        'what else the machine does. Ours keeps every delivery in its memory store, with a bound of 10,000 that is reached ' +
        'before anything counts; the others keep nothing. By hand means: signature and JSON.parse, and neither age, UTF-8, fields nor ' +
        'duplicates. Where nothing is checked, an HMAC is computed and compared with nothing, and anybody gets his 200.',
      tables: [
        {
          head: ['', 'µs of a processor', '× the hand-written', 'requests a second'],
          rows: names.map((name) => [
            name,
            show(rounds.cost(name)),
            show(rounds.ratio(name, HAND_WRITTEN)),
            show(rate(name)),
          ]),
        },
      ],
      wanted: [
        want('speed of the hand-written route', rounds.ratio(HAND_WRITTEN, OURS), { atLeast: 0.95 }),
        want("speed of LINE's middleware", rounds.ratio(LINE, OURS), { atLeast: 1 }),
        want("speed of Octokit's middleware", rounds.ratio(OCTOKIT, OURS), { atLeast: 1 }),
        want('createWebhookReceiver, speed of node:http by hand', rounds.ratio(PLAIN, RECEIVER), {
          atLeast: 0.85,
        }),
        want(
          'createWebhookReceiver, speed of node:http that checks nothing',
          rounds.ratio(NOTHING_CHECKED, RECEIVER),
          {
            atLeast: 0.85,
          },
        ),
      ],
    };
  },
};
