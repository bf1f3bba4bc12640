import type { Faults } from './count.ts';
import type { ChaosOptions } from './options.ts';
import { runChaos } from './run.ts';
import { type Sabotage, sabotages } from './sabotage.ts';
import { namesOfFaults } from './table.ts';

/** What the count must find. */
const FOUND: Readonly<Record<Sabotage, keyof Faults>> = {
  intents: 'messagesSentTwice',
  'max-stalled': 'sendsUnaccounted',
  store: 'effectsRunTwice',
};

const EVENTS = 300;

/** Runs every sabotage. @returns whether the count found the fault of each, and no other. */
export async function proveSabotages(options: ChaosOptions, say: (line: string) => void): Promise<boolean> {
  let isProved = true;
  for (const sabotage of sabotages) {
    const { faults } = await runChaos({ ...options, events: EVENTS, sabotage }, say);
    const isFound = faults[FOUND[sabotage]] > 0;
    say(
      `${isFound ? '✓' : '✗'} without ${sabotage}, the count finds: ${namesOfFaults(faults).join('; ') || 'nothing'}`,
    );
    isProved &&= isFound;
  }
  return isProved;
}
