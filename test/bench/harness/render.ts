import type { Report, Table } from './report.ts';

function tableOf({ wanted }: Report): Table[] {
  if (wanted.length === 0) return [];
  const rows = wanted.map(({ what, bound, came, met }) => [what, bound, came, met ? 'met' : 'missed']);
  return [{ head: ['Wanted', 'Bound', 'Came', ''], rows }];
}

function allTables(report: Report): Table[] {
  return [...report.tables, ...tableOf(report)];
}

/** For a terminal. */
export function renderText(title: string, report: Report): string {
  const tables = allTables(report).map(({ caption, head, rows }) => {
    const widths = head.map((_, column) =>
      Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)),
    );
    const line = (row: readonly string[]): string =>
      `  ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join('  ')}`.trimEnd();
    return [...(caption ? [`  ${caption}`] : []), line(head), ...rows.map(line)].join('\n');
  });
  return [`\n${title}`, ...tables].join('\n\n');
}

/** For `docs/performance.md`. */
export function renderMarkdown(title: string, report: Report): string {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const tables = allTables(report).map(({ caption, head, rows }) =>
    [
      ...(caption ? [`${caption}:\n`] : []),
      line(head),
      line(head.map((_, column) => (column === 0 ? '---' : '---:'))),
      ...rows.map(line),
    ].join('\n'),
  );
  return [`## ${title}`, report.about, ...tables].join('\n\n');
}
