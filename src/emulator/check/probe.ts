import type { AdviceTopic } from './advice.ts';
import type { Answer } from './answer.ts';
import type { Bench } from './bench.ts';

/** How a probe ended. Only `fail` makes the exit code 1; `warn` rests on something assumed. */
export type ProbeStatus = 'pass' | 'fail' | 'warn' | 'skip';

/** What a probe is about. */
export type ProbeGroup = 'connection' | 'good' | 'refused' | 'body' | 'duplicates' | 'failures';

/** One line of the report. */
export interface Probe {
  /** Stable, for programs. */
  readonly id: string;
  readonly group: ProbeGroup;
  /** What holds when it passes, as a sentence. */
  readonly title: string;
}

/** What came out for one probe. */
export interface Finding {
  readonly status: ProbeStatus;
  /** What was seen. */
  readonly reason: string;
  /** What it is advised about; none where all is well. */
  readonly topic?: AdviceTopic;
  /** The answers it is judged by, in the order of sending. */
  readonly answers: readonly Answer[];
}

/** One or several probes that share their deliveries. */
export interface Exercise {
  readonly probes: readonly Probe[];
  /** Answers as many findings as there are probes, in their order. */
  run(bench: Bench): Promise<readonly Finding[]>;
}
