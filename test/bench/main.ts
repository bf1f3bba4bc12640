import { mkdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { benches } from './benches.ts';
import { startChild } from './harness/child.ts';
import { describeMachine } from './harness/machine.ts';
import { renderMarkdown, renderText } from './harness/render.ts';
import type { Report } from './harness/report.ts';

const ONE = new URL('run-one.ts', import.meta.url);
const FULL = '1';
const QUICK = '0.2';
const RESULTS = new URL('../../docs/performance.md', import.meta.url);

const { values, positionals } = parseArgs({
  options: { write: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const names = positionals.length > 0 ? positionals : Object.keys(benches);
const unknown = names.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0 || (values.write && positionals.length > 0)) {
  console.error('npm run bench -- [--quick] --write');
  console.error(
    `npm run bench -- [--quick] [NAME…]   where NAME is one of ${Object.keys(benches).join(', ')}`,
  );
  process.exit(2);
}

const found: { title: string; report: Report }[] = [];
for (const name of names) {
  // A process for each, so that none runs on what another made the compiler believe.
  const child = startChild(ONE, { args: [name, values.quick ? QUICK : FULL], execArgv: ['--expose-gc'] });
  const result = await child.next<{ title: string; report: Report }>();
  await child.stop();
  found.push(result);
  console.log(renderText(result.title, result.report));
}

if (values.write) {
  const page = [
    '# Performance',
    'Written by `npm run bench -- --write`, in a clone; a run takes some minutes. Nothing here is typed by hand.',
    `Measured on ${new Date().toISOString().slice(0, 10)}: ${describeMachine()}.${values.quick ? ' A quick run, with a fifth of the rounds.' : ''}`,
    'Every figure compares programs within one run: they take turns in an order that alternates, the median of all ' +
      'rounds is shown, and in brackets where the middle half of the rounds lies. Ratios are worked out round by round.',
    ...found.map(({ title, report }) => renderMarkdown(title, report)),
  ];
  await mkdir(new URL('.', RESULTS), { recursive: true });
  await writeFile(RESULTS, `${page.join('\n\n')}\n`);
}

const missed = found.flatMap(({ report }) => report.wanted.filter(({ met }) => !met));
console.log(missed.length === 0 ? '\nAll that was wanted is met.' : `\n${missed.length} missed.`);
process.exitCode = missed.length === 0 ? 0 : 1;
