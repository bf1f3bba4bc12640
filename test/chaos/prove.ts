import type { Faults } from './count.ts';
import type { ChaosOptions } from './options.ts';
import { runChaos } from './run.ts';
import { type Sabotage, sabotages } from './sabotage.ts';
import { describeFaults } from './table.ts';

/** What the count must find. */
const WANTED: Readonly<Record<Sabotage, { readonly fault: keyof Faults; readonly how: string }>> = {
  intents: { fault: 'messagesSentTwice', how: 'with no intent marker' },
  'max-stalled': { fault: 'sendsUnaccounted', how: 'with maxStalledCount: 1' },
  store: { fault: 'effectsRunTwice', how: 'with a store that always claims' },
  lock: { fault: 'sentAfterOptOut', how: 'with no lock between sends and opt-outs' },
};

const EVENTS = 300;

/** Runs every sabotage. @returns whether the count found the fault of each. */
export async function proveSabotages(options: ChaosOptions, say: (line: string) => void): Promise<boolean> {
  let isProved = true;
  for (const sabotage of sabotages) {
    const { fault, how } = WANTED[sabotage];
    const { faults } = await runChaos({ ...options, events: EVENTS, sabotage }, say);
    const isFound = faults[fault] > 0;
    const found = describeFaults(faults).join('; ') || 'nothing';
    say(`${isFound ? '✓' : '✗'} ${how} the count finds: ${found}`);
    isProved &&= isFound;
  }
  return isProved;
}
