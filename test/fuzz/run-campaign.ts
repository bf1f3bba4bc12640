import { inspect } from 'node:util';
import type { Campaign, CampaignSetting, Checked, Failure } from './campaign.ts';
import { type Growth, heldBytes, judgeGrowth, type Sample } from './growth.ts';

const SAMPLE_EVERY_MS = 500;
/** A look at memory takes time: so many times as long nothing is looked at. */
const REST_PER_SAMPLE = 20;

/** How long a campaign goes on: so many runs, or so many milliseconds. */
export interface Budget {
  readonly seed: number;
  readonly runs?: number | undefined;
  readonly milliseconds?: number | undefined;
  /** Goes on past the milliseconds until so many single attacks were made. */
  readonly tries?: number | undefined;
  /** Repeats one counterexample. */
  readonly path?: string | undefined;
  /** Whether memory is looked at. */
  readonly memory?: boolean | undefined;
  /** @default 500 */
  readonly sampleEveryMs?: number | undefined;
}

/** What a campaign found. */
export interface CampaignResult {
  readonly runs: number;
  readonly tries: number;
  readonly seconds: number;
  readonly failure: Failure | undefined;
  readonly growth: Growth | undefined;
}

interface Watch {
  readonly seen: readonly unknown[];
  end(): void;
}

/** Collects what nobody caught: after a crash there is no second run. */
function watchProcess(): Watch {
  const seen: unknown[] = [];
  const note = (error: unknown): void => {
    seen.push(error);
  };
  process.on('uncaughtException', note);
  process.on('unhandledRejection', note);
  return {
    seen,
    end() {
      process.off('uncaughtException', note);
      process.off('unhandledRejection', note);
    },
  };
}

/**
 * Runs a campaign in batches, each with a seed of its own that follows from the first, until its budget is used up or
 * something is found.
 */
export async function runCampaign(
  campaign: Campaign,
  setting: CampaignSetting,
  budget: Budget,
): Promise<CampaignResult> {
  const { seed, runs: wanted = Infinity, milliseconds = Infinity, tries = 0, path } = budget;
  const { memory = false, sampleEveryMs = SAMPLE_EVERY_MS } = budget;
  const startedAt = performance.now();
  const watch = watchProcess();
  const samples: Sample[] = [];
  let runs = 0;
  let failure: Failure | undefined;
  let sampleAt = -Infinity;
  const started = await campaign.start(setting);

  const made = (): number => started.tries?.() ?? runs;

  const sample = async (): Promise<void> => {
    const now = performance.now();
    if (!memory || now < sampleAt) return;
    samples.push({ runs, bytes: await heldBytes() });
    const tookMs = performance.now() - now;
    const restMs = sampleEveryMs === 0 ? 0 : Math.max(sampleEveryMs, REST_PER_SAMPLE * tookMs);
    sampleAt = now + tookMs + restMs;
  };

  const batch = async (index: number): Promise<void> => {
    const numRuns = Math.min(campaign.batchRuns, wanted - runs);
    const batchSeed = (seed + index) | 0;
    const checked: Checked = await started.check({ seed: batchSeed, numRuns, path });
    runs += checked.runs;
    failure = checked.failure;
    await new Promise((resolve) => setImmediate(resolve));
    if (failure === undefined && watch.seen.length > 0) {
      const reason = `Nobody caught: ${inspect(watch.seen[0])}`;
      failure = { seed: batchSeed, path: '', counterexample: '(one run of this batch)', reason };
    }
    await sample();
  };

  try {
    for (let index = 0; failure === undefined && runs < wanted; index += 1) {
      await batch(index);
      if (path !== undefined || (performance.now() - startedAt >= milliseconds && made() >= tries)) break;
    }
    // What a failure interrupted may have left something behind.
    const stopping = started.stop?.();
    await (failure === undefined ? stopping : stopping?.catch(() => undefined));
  } finally {
    watch.end();
  }
  return {
    runs,
    tries: made(),
    seconds: (performance.now() - startedAt) / 1_000,
    failure,
    growth: judgeGrowth(samples),
  };
}
