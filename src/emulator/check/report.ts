import type { Answer } from './answer.ts';
import { describeAnswer } from './answer.ts';
import type { Framework } from './framework.ts';
import type { Probe, ProbeStatus } from './probe.ts';

/** One answer of the receiver, as the report keeps it. */
export interface ReportedAnswer {
  /** The HTTP status, or `null` where there was no answer. */
  readonly status: number | null;
  /** The answer or its absence in words, with the beginning of the body; never the secret. */
  readonly text: string;
  readonly durationMs: number;
}

/** One line of the report. */
export interface ProbeResult extends Probe {
  readonly status: ProbeStatus;
  /** What was seen. */
  readonly reason: string;
  /** What to do, or `null` where all is well. */
  readonly advice: string | null;
  readonly answers: readonly ReportedAnswer[];
  readonly durationMs: number;
}

/** What a whole check found. Plain data: it is its own JSON. */
export interface CheckReport {
  /** Grows when the shape changes. */
  readonly version: 1;
  /** The address, without user name and password. */
  readonly url: string;
  readonly framework: Framework;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** Whether no probe failed. */
  readonly ok: boolean;
  readonly counts: Readonly<Record<ProbeStatus, number>>;
  /** Always all of them, in the same order. */
  readonly results: readonly ProbeResult[];
}

/** The exit code: 0 where no probe failed (warnings and skipped ones are no failures), otherwise 1. */
export function exitCodeOf({ ok }: CheckReport): 0 | 1 {
  return ok ? 0 : 1;
}

/** How many results there are of each status. */
export function countStatuses(results: readonly ProbeResult[]): Record<ProbeStatus, number> {
  const counts = { pass: 0, fail: 0, warn: 0, skip: 0 };
  for (const { status } of results) counts[status] += 1;
  return counts;
}

/** An answer as the report keeps it. */
export function reportAnswer(answer: Answer): ReportedAnswer {
  return {
    status: answer.type === 'http' ? answer.status : null,
    text: describeAnswer(answer),
    durationMs: Math.round(answer.durationMs),
  };
}
