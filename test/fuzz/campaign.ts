import { inspect } from 'node:util';
import fc from 'fast-check';
import type { Subject } from './subject.ts';

const LONGEST_SHOWN = 3_000;

/** What a campaign is started with. */
export interface CampaignSetting {
  readonly subject: Subject;
  /** How many milliseconds anything may take before it counts as hung. */
  readonly settleMs: number;
}

/** Where the runs begin, and how many there are. */
export interface Runs {
  readonly seed: number;
  readonly numRuns: number;
  /** The way to one counterexample, to see it again. */
  readonly path?: string | undefined;
}

/** A counterexample, shrunk, and how to see it again. */
export interface Failure {
  readonly seed: number;
  readonly path: string;
  readonly counterexample: string;
  readonly reason: string;
}

/** What came of some runs. */
export interface Checked {
  readonly runs: number;
  readonly failure: Failure | undefined;
}

/** A campaign under way. */
export interface StartedCampaign {
  check(runs: Runs): Promise<Checked>;
  /** How many single attacks were made, where a run makes several. */
  tries?(): number;
  /** Frees what it holds. @throws where something was left behind. */
  stop?(): Promise<void>;
}

/** One kind of attack. */
export interface Campaign {
  readonly name: string;
  /** How many runs the short campaign of `npm test` makes. */
  readonly shortRuns: number;
  /** How many runs go by between two looks at the clock and at the memory. */
  readonly batchRuns: number;
  start(setting: CampaignSetting): Promise<StartedCampaign>;
}

function shorten(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}… (${text.length} characters)` : text;
}

/** Makes the `check` of a campaign out of what must hold. */
export function checking<Values>(property: fc.IAsyncProperty<Values>): StartedCampaign['check'] {
  return async ({ seed, numRuns, path }) => {
    const details = await fc.check(property, { seed, numRuns, ...(path !== undefined && { path }) });
    if (!details.failed) return { runs: details.numRuns, failure: undefined };
    return {
      runs: details.numRuns,
      failure: {
        seed: details.seed,
        path: details.counterexamplePath ?? '',
        counterexample: shorten(fc.stringify(details.counterexample)),
        reason: inspect(details.errorInstance, { depth: 3 }),
      },
    };
  };
}
