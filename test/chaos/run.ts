import { createRandom } from '../../src/emulator/random.ts';
import { countFaults, countSends, describeUnaccounted, type Faults, type SendTotals } from './count.ts';
import { type Crashes, crashAtRandom } from './crashes.ts';
import { addFaults } from './gateway-faults.ts';
import { countHardship, type Hardship } from './hardship.ts';
import { readLedger } from './ledger.ts';
import { watchOptOuts } from './opt-out-watch.ts';
import type { ChaosOptions } from './options.ts';
import { makePlan } from './plan.ts';
import { createProgress } from './progress.ts';
import { crashSabotaged } from './sabotaged-crashes.ts';
import { settle } from './settle.ts';
import { startStage } from './stage.ts';
import { playTraffic } from './traffic.ts';

/** What came of a run. */
export interface ChaosResult {
  readonly options: ChaosOptions;
  readonly planned: { readonly messages: number; readonly optOuts: number; readonly sends: number };
  readonly faults: Faults;
  readonly sends: SendTotals;
  readonly crashes: Crashes;
  readonly hardship: Hardship;
  /** Some of what is wrong, for the one who looks into it. */
  readonly details: readonly string[];
  readonly seconds: { readonly traffic: number; readonly settling: number };
}

const SECOND_MS = 1_000;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const INTERRUPTED = 130;
const MOST_DETAILS = 10;
const SAY_EVERY_MS = 15_000;

function secondsSince(start: number): number {
  return (performance.now() - start) / SECOND_MS;
}

type Stops = (() => Promise<void>)[];

async function stopAll(stops: Stops): Promise<void> {
  // The last that was started is the first to go.
  for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) await stop();
}

/** Runs everything once and counts. @throws Error where the run itself cannot be made. */
export async function runChaos(options: ChaosOptions, say: (line: string) => void): Promise<ChaosResult> {
  const { events, seed, sabotage } = options;
  const plan = makePlan(events, createRandom(seed));
  const stops: Stops = [];
  const onSignal = (): void => void stopAll(stops).then(() => process.exit(INTERRUPTED));
  for (const signal of SIGNALS) process.once(signal, onSignal);
  try {
    const stage = await startStage(options, stops);
    const watch = watchOptOuts(stage.gateway);
    addFaults(stage.gateway, events, sabotage);
    const progress = createProgress();
    const saying = setInterval(async () => {
      const waiting = (await stage.queues.backlog()) ?? 'Redis is away';
      say(`${progress.begun} of ${events} events begun, waiting in the queues: ${waiting}`);
    }, SAY_EVERY_MS);
    stops.push(async () => clearInterval(saying));

    const startedAt = performance.now();
    const crashing =
      sabotage === undefined
        ? crashAtRandom(stage, options, { random: createRandom(seed + 1), progress })
        : crashSabotaged(stage, sabotage);
    const playing = playTraffic(stage, plan, { random: createRandom(seed + 2), progress });
    const [crashes] = await Promise.all([crashing, playing]);
    const traffic = secondsSince(startedAt);
    // From here on only what was begun is finished, and the answers are what they are.
    stage.gateway.faults.clear();
    await settle(stage);
    const settling = secondsSince(startedAt) - traffic;
    watch.stop();

    const ledger = await readLedger(stage, plan);
    const faults = countFaults(ledger, watch.late.length);
    return {
      options,
      planned: {
        messages: plan.events.filter(({ kind }) => kind === 'message').length,
        optOuts: plan.events.filter(({ kind }) => kind === 'opt-out').length,
        sends: ledger.sends.length,
      },
      faults,
      sends: countSends(ledger),
      crashes,
      hardship: countHardship(stage.gateway),
      details: describeUnaccounted(ledger, MOST_DETAILS),
      seconds: { traffic, settling },
    };
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
    await stopAll(stops);
  }
}
