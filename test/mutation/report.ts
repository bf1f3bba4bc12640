/** One change that Stryker made to the source, and what came of it. */
export interface Mutant {
  readonly file: string;
  /** The whole line where it begins: places are known by it, as numbers of lines change. */
  readonly line: string;
  /** What was there, and what stood there instead, each on one line. */
  readonly original: string;
  readonly replacement: string;
  readonly status: string;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

interface Report {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly source: string;
        readonly mutants: readonly {
          readonly replacement?: string;
          readonly status: string;
          readonly location: { readonly start: Place; readonly end: Place };
        }[];
      }
    >
  >;
}

const WHITE_SPACE = /\s+/gu;
const SURVIVED = new Set(['Survived', 'NoCoverage']);
const KILLED = new Set(['Killed', 'Timeout']);

/** Whether no test noticed it. */
export function survived({ status }: Mutant): boolean {
  return SURVIVED.has(status);
}

function oneLine(code: string): string {
  return code.replace(WHITE_SPACE, ' ').trim();
}

function textBetween(source: string, start: Place, end: Place): string {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const last = lines.length - 1;
  return lines
    .map((line, index) =>
      line.slice(index === 0 ? start.column - 1 : 0, index === last ? end.column - 1 : undefined),
    )
    .join('\n');
}

/** Reads Stryker's report (mutation-testing-report-schema). */
export function readReport(json: string): readonly Mutant[] {
  const { files } = JSON.parse(json) as Report;
  return Object.entries(files).flatMap(([file, { source, mutants }]) =>
    mutants.map(({ replacement = '', status, location: { start, end } }) => ({
      file,
      line: oneLine(source.split('\n')[start.line - 1] ?? ''),
      original: oneLine(textBetween(source, start, end)),
      replacement: oneLine(replacement),
      status,
    })),
  );
}

function row(name: string, mutants: readonly Mutant[]): string {
  const count = (status: string) => mutants.filter((mutant) => mutant.status === status).length;
  const killed = mutants.filter(({ status }) => KILLED.has(status)).length;
  const valid = killed + mutants.filter(survived).length;
  const score = valid === 0 ? 'n/a' : `${((100 * killed) / valid).toFixed(2)} %`;
  const cells = [valid, count('Killed'), count('Timeout'), valid - killed, score];
  return [name.padEnd(16), ...cells.map((cell) => String(cell).padStart(11))].join('');
}

/** Counts by folder. A time-out is a kill: the mutant ran for ever. */
export function tableOf(mutants: readonly Mutant[]): string {
  const folders = [...new Set(mutants.map(({ file }) => file.split('/').slice(0, 2).join('/')))].sort();
  const titles = ['mutants', 'killed', 'timed out', 'survived', 'score'];
  return [
    [' '.repeat(16), ...titles.map((title) => title.padStart(11))].join(''),
    ...folders.map((folder) =>
      row(
        folder,
        mutants.filter(({ file }) => file.startsWith(`${folder}/`)),
      ),
    ),
    row('all', mutants),
  ].join('\n');
}
