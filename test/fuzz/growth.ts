import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const MIB = 1_048_576;
/** So much more may be held at the end than in the middle: caches and compiled code settle late. */
const ALLOWED_BYTES: number = 6 * MIB;
const MIN_SAMPLES = 9;

/** How much memory was held after so many runs. */
export interface Sample {
  readonly runs: number;
  readonly bytes: number;
}

/** What the samples say. */
export interface Growth {
  /** How much more is held in the last third of the samples than in the third before it (medians). */
  readonly bytes: number;
  /** The median slope between any two samples after the first third (Theil and Sen): outliers do not move it. */
  readonly bytesPerRun: number;
  readonly grows: boolean;
}

function collector(): () => void {
  if (globalThis.gc !== undefined) return globalThis.gc as () => void;
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

let collect: (() => void) | undefined;

/** What is held once all garbage is gone: the heap, and buffers beside it. */
export async function heldBytes(): Promise<number> {
  collect ??= collector();
  // Twice, with a turn between: buffers and what waits for a finalizer go with the second.
  collect();
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;
}

function slopes(samples: readonly Sample[]): number[] {
  return samples.flatMap((a, index) =>
    samples.slice(index + 1).flatMap((b) => (b.runs > a.runs ? (b.bytes - a.bytes) / (b.runs - a.runs) : [])),
  );
}

/** Judges samples; `undefined` where there are too few to say anything. */
export function judgeGrowth(samples: readonly Sample[]): Growth | undefined {
  if (samples.length < MIN_SAMPLES) return undefined;
  const third = Math.floor(samples.length / 3);
  const bytesOf = (from: number, to?: number) => median(samples.slice(from, to).map(({ bytes }) => bytes));
  const bytes = bytesOf(2 * third) - bytesOf(third, 2 * third);
  const bytesPerRun = median(slopes(samples.slice(third)));
  return { bytes, bytesPerRun, grows: bytes > ALLOWED_BYTES && bytesPerRun > 0 };
}
