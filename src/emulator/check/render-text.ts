import type { ProbeGroup, ProbeStatus } from './probe.ts';
import type { CheckReport, ProbeResult } from './report.ts';

/** How a report is written for people. */
export interface RenderTextOptions {
  /** Whether to use ANSI colours. @default false */
  color?: boolean;
}

type Paint = (style: keyof typeof ansi, text: string) => string;

const ansi = { green: 32, red: 31, yellow: 33, gray: 90, bold: 1 } as const;
const groupTitles: Readonly<Record<ProbeGroup, string>> = {
  connection: 'Connection',
  good: 'Good deliveries',
  refused: 'Bad deliveries',
  body: 'Large, slow and chunked',
  duplicates: 'Copies',
  failures: 'Failing handlers',
};
const labels: Readonly<Record<ProbeStatus, string>> = {
  pass: 'pass',
  fail: 'FAIL',
  warn: 'warn',
  skip: 'skip',
};
const styles = { pass: 'green', fail: 'red', warn: 'yellow', skip: 'gray' } as const;
const INDENT = '        ';

function paintWith(color: boolean): Paint {
  return color ? (style, text) => `\u001b[${ansi[style]}m${text}\u001b[0m` : (_style, text) => text;
}

/** The lines of one result. Advice that was given before is not repeated but pointed at. */
function renderResult(result: ProbeResult, advised: Map<string, string>, paint: Paint): string[] {
  const { id, status, title, reason, advice } = result;
  const line = `  ${paint(styles[status], labels[status])}  ${title} ${paint('gray', `(${id})`)}`;
  if (status === 'pass') return [line];
  const lines = [line, `${INDENT}${reason}`];
  if (advice === null) return lines;
  const earlier = advised.get(advice);
  if (earlier === undefined) advised.set(advice, id);
  return [...lines, `${INDENT}→ ${earlier === undefined ? advice : `as for ${earlier}`}`];
}

/** The one reason why nothing of a group was run, if there is one. */
function reasonNotRun([first, ...others]: readonly ProbeResult[]): string | undefined {
  if (first?.status !== 'skip' || first.advice !== null || others.length === 0) return undefined;
  return others.every(({ reason }) => reason === first.reason) ? first.reason : undefined;
}

function renderSummary({ ok, counts, durationMs }: CheckReport, paint: Paint): string {
  const parts = [
    `${counts.pass} passed`,
    `${counts.fail} failed`,
    `${counts.warn} ${counts.warn === 1 ? 'warning' : 'warnings'}`,
    `${counts.skip} skipped`,
  ];
  const verdict = ok ? paint('green', 'OK') : paint('red', 'NOT OK');
  return `${verdict}  ${parts.join(', ')} in ${(durationMs / 1_000).toFixed(1)} s`;
}

/** The report for people: one line for each probe, and under those that did not pass why and what to do. */
export function renderText(report: CheckReport, { color = false }: RenderTextOptions = {}): string {
  const paint = paintWith(color);
  const advised = new Map<string, string>();
  const lines = [`Checking ${report.url}`];
  for (const [group, title] of Object.entries(groupTitles)) {
    const results = report.results.filter((result) => result.group === group);
    if (results.length === 0) continue;
    lines.push('', paint('bold', title));
    const notRun = reasonNotRun(results);
    if (notRun === undefined)
      lines.push(...results.flatMap((result) => renderResult(result, advised, paint)));
    else lines.push(`  ${paint(styles.skip, labels.skip)}  ${results.length} probes ${notRun}`);
  }
  return `${[...lines, '', renderSummary(report, paint)].join('\n')}\n`;
}
