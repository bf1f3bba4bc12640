import type { CheckReport, ProbeResult } from './report.ts';

const SUITE = 'whatsapp-gateway-emulator check';
const MILLISECONDS_DIGITS = 3;
/** What XML 1.0 cannot hold, not even escaped. */
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;
const SPECIAL = /[&<>"'\t\n\r]/gu;
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

function escapeXml(text: string): string {
  return text.replace(NOT_XML, '\ufffd').replace(SPECIAL, (character) => entities[character] ?? character);
}

function seconds(durationMs: number): string {
  return (durationMs / 1_000).toFixed(MILLISECONDS_DIGITS);
}

function renderOutcome({ status, reason, advice }: ProbeResult): string[] {
  const message = escapeXml(reason);
  const text = escapeXml(advice ?? '');
  switch (status) {
    case 'pass':
      return [];
    case 'fail':
      return [`      <failure message="${message}">${text}</failure>`];
    case 'skip':
      return [`      <skipped message="${message}"/>`];
    case 'warn':
      return [`      <system-out>warning: ${message}${text === '' ? '' : ` - ${text}`}</system-out>`];
  }
}

function renderCase(result: ProbeResult): string[] {
  const attributes = [
    `classname="${SUITE}.${result.group}"`,
    `name="${escapeXml(`${result.id}: ${result.title}`)}"`,
    `time="${seconds(result.durationMs)}"`,
  ].join(' ');
  const outcome = renderOutcome(result);
  return outcome.length === 0
    ? [`    <testcase ${attributes}/>`]
    : [`    <testcase ${attributes}>`, ...outcome, '    </testcase>'];
}

/** The report as JUnit XML, as CI systems read it. A warning is a case that passed and says something. */
export function renderJunit(report: CheckReport): string {
  const { counts, results, durationMs, startedAt, url } = report;
  const numbers = `tests="${results.length}" failures="${counts.fail}" errors="0" skipped="${counts.skip}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${numbers} time="${seconds(durationMs)}">`,
    `  <testsuite name="${SUITE}" ${numbers} time="${seconds(durationMs)}" timestamp="${startedAt}">`,
    `    <properties><property name="url" value="${escapeXml(url)}"/></properties>`,
    ...results.flatMap(renderCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}
