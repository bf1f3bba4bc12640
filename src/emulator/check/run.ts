import { performance } from 'node:perf_hooks';
import type { BodyStyle } from '../encode-body.ts';
import { adviseOn } from './advice.ts';
import { type Bench, createBenches } from './bench.ts';
import { bodyExercises } from './exercises/body.ts';
import { connectionProbes, judgeConnection } from './exercises/connection.ts';
import { duplicatesExercise } from './exercises/duplicates.ts';
import { encodingProbes, tryEncodings } from './exercises/encodings.ts';
import { failuresExercise } from './exercises/failures.ts';
import { goodExercises } from './exercises/good.ts';
import { refusedExercise } from './exercises/refused.ts';
import { type Framework, recognise } from './framework.ts';
import { notRun } from './judge.ts';
import { CHECK_CONCURRENCY } from './limits.ts';
import { mapLimited } from './map-limited.ts';
import { type CheckOptions, resolveCheckOptions } from './options.ts';
import type { Exercise, Finding, Probe } from './probe.ts';
import { type CheckReport, countStatuses, type ProbeResult, reportAnswer } from './report.ts';

interface Timed {
  readonly probe: Probe;
  readonly finding: Finding;
  readonly durationMs: number;
}

const exercises: readonly Exercise[] = [
  ...goodExercises,
  refusedExercise,
  ...bodyExercises,
  duplicatesExercise,
  failuresExercise,
];

/** Every probe, in the order of the report. */
export const probes: readonly Probe[] = [
  ...connectionProbes,
  ...encodingProbes,
  ...exercises.flatMap((exercise) => exercise.probes),
];

/** What the first deliveries say, and how the others are to be written or why they cannot be. */
interface Preliminaries {
  readonly findings: readonly Finding[];
  readonly style?: BodyStyle;
  readonly blockedBy?: string;
}

async function runPreliminaries(bench: Bench): Promise<Preliminaries> {
  const first = await bench.deliver(bench.message());
  const { findings, blockedBy } = await judgeConnection(bench, first);
  if (blockedBy !== undefined) {
    return { findings: [...findings, ...encodingProbes.map(() => notRun(blockedBy))], blockedBy };
  }
  const encodings = await tryEncodings(bench, first);
  const all = [...findings, ...encodings.findings];
  return encodings.style === undefined
    ? { findings: all, blockedBy: 'good-js' }
    : { findings: all, style: encodings.style };
}

async function timed(probesOfIt: readonly Probe[], run: () => Promise<readonly Finding[]>): Promise<Timed[]> {
  const startedAt = performance.now();
  let findings: readonly Finding[];
  try {
    findings = await run();
  } catch (error) {
    findings = probesOfIt.map(() => ({
      status: 'fail',
      reason: `the probe itself failed: ${error}`,
      answers: [],
    }));
  }
  const durationMs = performance.now() - startedAt;
  return probesOfIt.map((probe, index) => ({
    probe,
    finding: findings[index] ?? { status: 'fail', reason: 'no finding', answers: [] },
    durationMs,
  }));
}

function withoutCredentials(url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  return shown.href;
}

/**
 * Sends good and bad deliveries to a receiver, written in whatever language, and says of each whether it was dealt with
 * as the gateway's contract wants, and otherwise what to do. Whatever the receiver does, it resolves.
 *
 * @throws TypeError when an option is unknown or cannot be used.
 *
 * @example
 * const report = await runCheck({ url: 'http://127.0.0.1:3000/webhooks/whatsapp-gateway', secret });
 * console.log(renderText(report, { color: process.stdout.isTTY }));
 * process.exitCode = exitCodeOf(report);
 */
export async function runCheck(options: Readonly<CheckOptions>): Promise<CheckReport> {
  const config = resolveCheckOptions(options);
  const startedAt = new Date();
  const start = performance.now();
  const benches = createBenches(config);
  let preliminaries: Preliminaries = { findings: [] };
  const first = await timed([...connectionProbes, ...encodingProbes], async () => {
    preliminaries = await runPreliminaries(benches(0, 'js'));
    return preliminaries.findings;
  });
  const { style, blockedBy = 'good-js' } = preliminaries;
  const others = await mapLimited(exercises, CHECK_CONCURRENCY, (exercise, index) =>
    timed(exercise.probes, async () =>
      style === undefined
        ? exercise.probes.map(() => notRun(blockedBy))
        : exercise.run(benches(index + 1, style)),
    ),
  );
  const all = [...first, ...others.flat()];
  const framework = recognise(all.flatMap(({ finding }) => finding.answers));
  const results = all.map((one) => toResult(one, framework, config.url.pathname));
  const counts = countStatuses(results);
  return {
    version: 1,
    url: withoutCredentials(config.url),
    framework,
    startedAt: startedAt.toISOString(),
    durationMs: Math.round(performance.now() - start),
    ok: counts.fail === 0,
    counts,
    results,
  };
}

function toResult({ probe, finding, durationMs }: Timed, framework: Framework, path: string): ProbeResult {
  const { status, reason, topic, answers } = finding;
  return {
    ...probe,
    status,
    reason,
    advice: topic === undefined ? null : adviseOn(topic, framework, path),
    answers: answers.map(reportAnswer),
    durationMs: Math.round(durationMs),
  };
}
