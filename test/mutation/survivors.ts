import { type Mutant, survived } from './report.ts';

/** A survivor that is known, with the reason why it may live. */
export interface ListedSurvivor {
  readonly file: string;
  readonly line: string;
  readonly original: string;
  readonly replacement: string;
  readonly reason: string;
}

const LONGEST_CODE = 120;
// Two back-ticks, so that the code may hold one.
const CODE_BEGIN = '`` ';
const CODE_END = ' ``';
const CELL_BORDER = /(?<!\\)\|/u;

function shorten(code: string): string {
  return code.length > LONGEST_CODE ? `${code.slice(0, LONGEST_CODE)}…` : code;
}

function toCell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function fromCell(cell: string): string {
  return cell.trim().replaceAll('\\|', '|');
}

function fromCode(cell: string): string {
  return fromCell(cell).slice(CODE_BEGIN.length, -CODE_END.length);
}

function toCode(code: string): string {
  return CODE_BEGIN + shorten(code) + CODE_END;
}

/** A line of the table for a survivor, without its reason. */
export function rowOf({ file, line, original, replacement }: Mutant): string {
  const cells = [file, toCode(line), toCode(original), toCode(replacement), ''];
  return `| ${cells.map(toCell).join(' | ')} |`;
}

/** Reads the table of known survivors. */
export function readSurvivors(markdown: string): readonly ListedSurvivor[] {
  return markdown
    .split('\n')
    .filter((row) => row.startsWith('| src/'))
    .map((row) => {
      const [, file = '', line = '', original = '', replacement = '', reason = ''] = row.split(CELL_BORDER);
      if (reason.trim() === '') throw new Error(`survivors.md: no reason in ${row}`);
      return {
        file: fromCell(file),
        line: fromCode(line),
        original: fromCode(original),
        replacement: fromCode(replacement),
        reason: fromCell(reason),
      };
    });
}

function isSame(mutant: Mutant, listed: ListedSurvivor): boolean {
  return (
    mutant.file === listed.file &&
    shorten(mutant.line) === listed.line &&
    shorten(mutant.original) === listed.original &&
    shorten(mutant.replacement) === listed.replacement
  );
}

/** The survivors that are in no line of the table. */
export function unlisted(mutants: readonly Mutant[], listed: readonly ListedSurvivor[]): readonly Mutant[] {
  return mutants.filter((mutant) => survived(mutant) && !listed.some((known) => isSame(mutant, known)));
}

/** The lines of the table that fit no survivor in the files that were tried. */
export function stale(
  mutants: readonly Mutant[],
  listed: readonly ListedSurvivor[],
): readonly ListedSurvivor[] {
  const tried = new Set(mutants.map(({ file }) => file));
  return listed.filter(
    (known) => tried.has(known.file) && !mutants.some((mutant) => survived(mutant) && isSame(mutant, known)),
  );
}
