import type { Bench } from '../harness/report.ts';
import { soak } from './soak.ts';
import { throughStore } from './store.ts';
import { uploads } from './uploads.ts';

const UPLOADS = 1_000;
const DELIVERIES = 100_000;
// Fewer would not show what happens once the store is full.
const FEWEST_DELIVERIES = 50_000;

/** What a receiver holds, and whether it ever holds more. */
export const memory: Bench = {
  title: 'Memory',
  async run(scale) {
    const uploaded = await uploads(UPLOADS * scale);
    const stored = await throughStore(Math.max(DELIVERIES * scale, FEWEST_DELIVERIES));
    const soaked = await soak(scale);
    return {
      about:
        'Each row is a process of its own. Held is what is left when garbage was collected; the peak is of the whole process. ' +
        'The traffic is 20 requests a second of a clock that runs 24 times as fast, as long as the machine keeps up: copies, forgeries, handlers that ' +
        'fail, broken JSON, senders that go away in the middle and bodies over the limit among them. The growth is a line ' +
        'through what is held, with twice its standard error; of the deliveries the first 100,000 and of the traffic the first ' +
        'two thirds do not count, because V8 compiles for as long.',
      tables: [
        { head: ['', 'peak', 'held at the end', 'growth'], rows: [uploaded.row, stored.row, soaked.row] },
        { caption: "How the traffic's requests ended", ...soaked.outcomes },
      ],
      wanted: [...uploaded.wanted, ...stored.wanted, ...soaked.wanted],
    };
  },
};
