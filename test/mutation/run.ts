import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readReport, tableOf } from './report.ts';
import { readSurvivors, rowOf, stale, unlisted } from './survivors.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));
const stryker = `${here}node_modules/@stryker-mutator/core/bin/stryker.js`;
const reportFile = `${root}coverage/mutation/report.json`;

function run(command: string, args: readonly string[]): number {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

if (!existsSync(stryker) && run('npm', ['ci', '--prefix', here]) !== 0) fail('Stryker cannot be installed.');

rmSync(reportFile, { force: true });
// Ends with 1 also where the score is too low; then there is a report all the same.
const status = run(process.execPath, [
  stryker,
  'run',
  `${here}stryker.config.json`,
  ...process.argv.slice(2),
]);
if (!existsSync(reportFile)) fail('Stryker left no report.');

const mutants = readReport(readFileSync(reportFile, 'utf8'));
const listed = readSurvivors(readFileSync(`${here}survivors.md`, 'utf8'));
console.log(tableOf(mutants));

for (const { file, original, replacement } of stale(mutants, listed)) {
  console.warn(
    `Listed in test/mutation/survivors.md, but no survivor: ${file}: ${original} => ${replacement}`,
  );
}
const unknown = unlisted(mutants, listed);
if (unknown.length > 0) {
  console.error(
    `\n${unknown.length} survivors are not in test/mutation/survivors.md. Kill each with a test, or list it with the reason:\n`,
  );
  for (const mutant of unknown) console.error(rowOf(mutant));
}
process.exitCode = status !== 0 || unknown.length > 0 ? 1 : 0;
