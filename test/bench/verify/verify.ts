import { type Bench, show, type Table, type Wanted, want } from '../harness/report.ts';
import { compare, type Rounds } from '../harness/rounds.ts';
import { messageBody } from '../support/delivery.ts';
import { sliceOf } from '../support/slice.ts';
import { type Contender, contendersFor } from './contenders.ts';

const SIZES = [
  { name: '300 B', bytes: 300, atMost: 1.25, rounds: 200, sliceMs: 3 },
  { name: '10 kB', bytes: 10_000, atMost: 1.1, rounds: 120, sliceMs: 4 },
  { name: '1 MB', bytes: 1_000_000, atMost: 1.1, rounds: 25, sliceMs: 10 },
];

const NAMES: Record<Contender, string> = {
  floor: 'floor: one HMAC over the bytes, one JSON.parse',
  byHand: 'by hand: signature, age, UTF-8, JSON.parse',
  ours: 'verifyWebhook',
  stripe: 'stripe constructEvent',
  svix: 'svix',
  standardwebhooks: 'standardwebhooks',
  octokit: '@octokit/webhooks-methods, and JSON.parse',
  line: '@line/bot-sdk validateSignature, and JSON.parse',
};

function tableOf(name: string, rounds: Rounds<Contender>): Table {
  const all = Object.keys(NAMES) as Contender[];
  return {
    caption: `A body of ${name}`,
    head: ['', 'µs', '× the floor', '× ours'],
    rows: all.map((contender) => [
      NAMES[contender],
      show(rounds.cost(contender)),
      show(rounds.ratio(contender, 'floor')),
      show(rounds.ratio(contender, 'ours')),
    ]),
  };
}

/** One delivery, verified and parsed. */
export const verify: Bench = {
  title: 'Verify and parse one delivery',
  async run(scale) {
    const tables: Table[] = [];
    const wanted: Wanted[] = [];
    for (const { name, bytes, atMost, rounds: count, sliceMs } of SIZES) {
      const contenders = contendersFor(messageBody(bytes));
      const measures = Object.fromEntries(
        Object.entries(contenders).map(([contender, run]) => [contender, sliceOf(run, sliceMs)]),
      ) as Record<Contender, () => number>;
      const rounds = await compare(measures, { rounds: count * scale, warmUp: 20 * scale });
      tables.push(tableOf(name, rounds));
      wanted.push(
        want(`cost of the same steps by hand, ${name}`, rounds.ratio('ours', 'byHand'), { atMost: 1.1 }),
        want(`cost of the floor's, ${name}`, rounds.ratio('ours', 'floor'), { atMost }),
        want(`faster than stripe, ${name}`, rounds.ratio('stripe', 'ours'), { atLeast: 1.8 }),
        want(`faster than svix, ${name}`, rounds.ratio('svix', 'ours'), { atLeast: 3.5 }),
      );
    }
    return {
      about:
        'Each contender gets the same bytes, signed its own way, verifies them and parses them as JSON. Ours also checks the ' +
        'timestamp, UTF-8 and the fields that handlers rely on. The floor checks nothing: it computes one HMAC and compares it ' +
        'with nothing.',
      tables,
      wanted,
    };
  },
};
