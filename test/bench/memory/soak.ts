import { setTimeout as wait } from 'node:timers/promises';
import { startChild } from '../harness/child.ts';
import type { Wanted } from '../harness/report.ts';
import type { Held } from './collected.ts';
import { slopeOf } from './slope.ts';
import { endTraffic, sendOne } from './traffic.ts';

const SPEED = 24;
const HOUR_MS = 60 * 60 * 1_000;
const REQUESTS_A_SECOND = 20;
const TICK_MS = 20;
const HOURS = 3;
const SAMPLES = 120;
const MOST_IN_FLIGHT = 200;
/** The store has to be full, and the compiler done, before anything can be flat: only the last third counts. */
const SETTLED_SHARE = 2 / 3;
const KB = 1_000;
const MOST_KB_AN_HOUR = 100;

/** Three hours' traffic, or a part of it, on a clock that runs 24 times as fast. */
export async function soak(scale: number) {
  const startedAt = Date.now();
  const server = startChild(new URL('server.ts', import.meta.url), {
    args: [String(startedAt), String(SPEED)],
    execArgv: ['--expose-gc'],
  });
  const { port } = await server.next<{ port: number }>();
  const now = (): number => startedAt + (Date.now() - startedAt) * SPEED;
  const wholeMs = HOURS * HOUR_MS * scale;
  const beganAt = now();

  const samples: [hours: number, bytes: number][] = [];
  const inFlight = new Set<Promise<void>>();
  let outcomes: Record<string, number> = {};
  let peak = 0;
  let sent = 0;
  for (let sample = 1; sample <= SAMPLES; sample += 1) {
    const until = beganAt + (wholeMs * sample) / SAMPLES;
    while (now() < until) {
      const due = ((now() - beganAt) / 1_000) * REQUESTS_A_SECOND;
      for (; sent < due && inFlight.size < MOST_IN_FLIGHT; sent += 1) {
        const one = sendOne(port, new Date(now()).toISOString()).finally(() => inFlight.delete(one));
        inFlight.add(one);
      }
      await wait(TICK_MS);
    }
    await Promise.all(inFlight);
    const held = await server.ask<Held & { outcomes: Record<string, number> }>({});
    samples.push([(now() - beganAt) / HOUR_MS, held.heldBytes]);
    peak = held.peakRssBytes;
    outcomes = held.outcomes;
  }
  endTraffic();
  await server.stop();

  const { perUnit, standardError } = slopeOf(samples.slice(Math.ceil(SAMPLES * SETTLED_SHARE)));
  const came = `${(perUnit / KB).toFixed(0)} ± ${((2 * standardError) / KB).toFixed(0)} kB an hour`;
  const wanted: Wanted = {
    what: 'growth over the last third of the traffic',
    bound: `at most ${MOST_KB_AN_HOUR} kB an hour, or within the error`,
    came,
    met: perUnit - 2 * standardError <= 0 || perUnit <= MOST_KB_AN_HOUR * KB,
  };
  const mb = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;
  const minutes = Math.round(wholeMs / 60_000);
  return {
    wanted: [wanted],
    row: [
      `${minutes} minutes of traffic, ${sent.toLocaleString('en')} requests`,
      mb(peak),
      mb(samples.at(-1)?.[1] ?? Number.NaN),
      came,
    ],
    outcomes: {
      head: Object.keys(outcomes),
      rows: [Object.values(outcomes).map((n) => n.toLocaleString('en'))],
    },
  };
}
