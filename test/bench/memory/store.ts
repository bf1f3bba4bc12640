import { startChild } from '../harness/child.ts';
import type { Wanted } from '../harness/report.ts';
import type { Held } from './collected.ts';
import { slopeOf } from './slope.ts';

const STEP = 5_000;
/** What comes first and does not count: the store is full long before, but the compiler is not done. */
const SETTLED = 100_000;
const MOST_BYTES_A_DELIVERY = 1;

/** Many deliveries through one receiver and its memory store. */
export async function throughStore(count: number) {
  const child = startChild(new URL('deliveries.ts', import.meta.url), { execArgv: ['--expose-gc'] });
  const points: [number, number][] = [];
  let peak = 0;
  for (let done = STEP; done <= SETTLED + count; done += STEP) {
    const { heldBytes, peakRssBytes } = await child.ask<Held>({ count: STEP });
    peak = peakRssBytes;
    if (done > SETTLED) points.push([done, heldBytes]);
  }
  await child.stop();
  const { perUnit, standardError } = slopeOf(points);
  const came = `${perUnit.toFixed(2)} ± ${(2 * standardError).toFixed(2)} bytes a delivery`;
  const wanted: Wanted = {
    what: `growth over ${count.toLocaleString('en')} deliveries, after ${SETTLED.toLocaleString('en')}`,
    bound: `at most ${MOST_BYTES_A_DELIVERY} byte a delivery, or within the error`,
    came,
    met: perUnit - 2 * standardError <= 0 || perUnit <= MOST_BYTES_A_DELIVERY,
  };
  const held = points.at(-1)?.[1] ?? Number.NaN;
  const mb = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;
  return {
    wanted: [wanted],
    row: [`${count.toLocaleString('en')} deliveries through the memory store`, mb(peak), mb(held), came],
  };
}
