import type { CheckReport } from './report.ts';

const INDENT = 2;

/** The report as JSON, with a line break at the end. */
export function renderJson(report: CheckReport): string {
  return `${JSON.stringify(report, null, INDENT)}\n`;
}
