import { describe, expect, it } from 'vitest';
import { readReport, tableOf } from './report.ts';
import { readSurvivors, rowOf, stale, unlisted } from './survivors.ts';

const COLUMN_GAP = /\s{2,}/u;
const SOURCE =
  "export function f(a: number | undefined) {\n  return a === undefined ||\n    a < 1 ? `abcd` : 'b';\n}\n";

function place(startLine: number, startColumn: number, endLine: number, endColumn: number) {
  return { start: { line: startLine, column: startColumn }, end: { line: endLine, column: endColumn } };
}

const mutants = readReport(
  JSON.stringify({
    files: {
      'src/webhook/f.ts': {
        source: SOURCE,
        mutants: [
          {
            mutatorName: 'ConditionalExpression',
            replacement: 'false',
            status: 'Survived',
            location: place(2, 10, 3, 10),
          },
          {
            mutatorName: 'StringLiteral',
            replacement: '``',
            status: 'NoCoverage',
            location: place(3, 13, 3, 19),
          },
          {
            mutatorName: 'StringLiteral',
            replacement: '""',
            status: 'Killed',
            location: place(3, 22, 3, 25),
          },
        ],
      },
      'src/sender/g.ts': {
        source: 'for (;;) {}',
        mutants: [
          {
            mutatorName: 'BlockStatement',
            replacement: '{}',
            status: 'Timeout',
            location: place(1, 10, 1, 12),
          },
          {
            mutatorName: 'BlockStatement',
            replacement: '{}',
            status: 'Ignored',
            location: place(1, 10, 1, 12),
          },
        ],
      },
    },
  }),
);

function listing(rows: readonly string[]): string {
  return ['# Survivors', '| File | In | Code | Instead | Reason |', '|---|---|---|---|---|', ...rows].join(
    '\n',
  );
}

const rows = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage').map(rowOf);
const reasoned = rows.map((row) => `${row.slice(0, -1)}It is | as good. |`.replace('is | as', 'is \\| as'));

describe('a report of mutants', () => {
  it('has the code of each on one line', () => {
    expect(mutants.map(({ original }) => original)).toEqual([
      'a === undefined || a < 1',
      '`abcd`',
      "'b'",
      '{}',
      '{}',
    ]);
  });

  it('is counted by folder: a time-out is a kill, what no test covers a survivor', () => {
    expect(
      tableOf(mutants)
        .split('\n')
        .map((line) => line.trim().split(COLUMN_GAP)),
    ).toEqual([
      ['mutants', 'killed', 'timed out', 'survived', 'score'],
      ['src/sender', '1', '0', '1', '0', '100.00 %'],
      ['src/webhook', '3', '1', '0', '2', '33.33 %'],
      ['all', '4', '1', '1', '2', '50.00 %'],
    ]);
  });
});

describe('the list of survivors', () => {
  it('knows those in it', () => {
    expect(unlisted(mutants, readSurvivors(listing(reasoned)))).toEqual([]);
    expect(readSurvivors(listing(reasoned))[0]?.reason).toBe('It is | as good.');
  });

  it('knows none that is not in it, or that is another mutation of the same code', () => {
    expect(unlisted(mutants, readSurvivors(listing([])))).toHaveLength(2);
    expect(unlisted(mutants, readSurvivors(listing(reasoned.slice(1))))).toEqual([mutants[0]]);
    const other = mutants.map((mutant) => ({ ...mutant, replacement: 'true' }));
    expect(unlisted(other, readSurvivors(listing(reasoned)))).toHaveLength(2);
    const elsewhere = mutants.map((mutant) => ({ ...mutant, line: 'return 1;' }));
    expect(unlisted(elsewhere, readSurvivors(listing(reasoned)))).toHaveLength(2);
  });

  it('wants a reason for each', () => {
    expect(() => readSurvivors(listing(rows))).toThrow('no reason');
  });

  it('tells of those that are killed by now', () => {
    const killed = mutants.map((mutant) => ({ ...mutant, status: 'Killed' }));
    expect(stale(mutants, readSurvivors(listing(reasoned)))).toEqual([]);
    expect(stale(killed, readSurvivors(listing(reasoned)))).toHaveLength(2);
    const ofOtherFiles = killed.filter(({ file }) => file !== 'src/webhook/f.ts');
    expect(stale(ofOtherFiles, readSurvivors(listing(reasoned)))).toEqual([]);
  });
});
