import { type Bench, show, want } from '../harness/report.ts';
import { compare } from '../harness/rounds.ts';
import { filesOf, runPlain } from './files.ts';

const NAMES = ['express-whatsapp-gateway', 'express', 'stripe', 'svix', '@line/bot-sdk'] as const;
type Name = (typeof NAMES)[number];

const OURS: Name = 'express-whatsapp-gateway';
const ROUNDS = 15;

/** The first import of a process. */
export const load: Bench = {
  title: 'Cost to load',
  async run(scale) {
    const measures = Object.fromEntries(
      NAMES.map((name) => [name, async () => Number(await runPlain('import.mjs', name))]),
    ) as Record<Name, () => Promise<number>>;
    const rounds = await compare(measures, { rounds: ROUNDS * scale, warmUp: 1 });
    const loaded = new Map(
      await Promise.all(NAMES.map(async (name) => [name, await filesOf(name)] as const)),
    );

    const others = loaded.get(OURS)?.packages ?? [];
    return {
      about:
        'Each import is the first thing that a new process does. What an app that only receives does not need (undici, ' +
        'BullMQ, a Redis client, the emulator, Express itself) must not be read by it.',
      tables: [
        {
          head: ['', 'ms of a processor', '× ours', 'files', 'kB'],
          rows: NAMES.map((name) => [
            name,
            show(rounds.cost(name)),
            show(rounds.ratio(name, OURS)),
            String(loaded.get(name)?.files),
            ((loaded.get(name)?.bytes ?? 0) / 1_000).toFixed(0),
          ]),
        },
      ],
      wanted: [
        want('cost of importing express', rounds.ratio(OURS, 'express'), { atMost: 1 }),
        want('cost of importing stripe', rounds.ratio(OURS, 'stripe'), { atMost: 1 }),
        {
          what: 'other packages loaded',
          bound: 'none',
          came: others.join(', ') || 'none',
          met: others.length === 0,
        },
      ],
    };
  },
};
