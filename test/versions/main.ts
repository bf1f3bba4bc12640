// Tries the packed package on every Node, Express and module system that it is promised for. Ends with 1 when anything
// fails. With --write, the table goes into docs/versions.md.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { npmPack } from '../package/npm-pack.ts';
import { run } from '../package/run.ts';
import { type Installed, installExpress, installNodes } from './install.ts';
import { expressVersions, moduleSystems, nodeVersions, root } from './promise.ts';
import { type Cell, renderPage, renderTable } from './table.ts';

const PAGE = join(root, 'docs/versions.md');
const SAID_WHEN_ALL_IS_WELL = 'done\n';

async function tryOut(
  node: Installed,
  express: Installed,
  module: keyof typeof moduleSystems,
): Promise<Cell> {
  const tried = { node: node.version, express: express.version, module };
  try {
    const { stdout, stderr } = await run(node.path, [moduleSystems[module]], express.path);
    const isWell = stdout === SAID_WHEN_ALL_IS_WELL && stderr === '';
    return { ...tried, failure: isWell ? undefined : `${stdout}${stderr}` };
  } catch (error) {
    return { ...tried, failure: String(error) };
  }
}

async function tryAll(directory: string): Promise<Cell[]> {
  const tarball = await npmPack(join(directory, 'tarball'));
  const nodes = await installNodes(join(directory, 'nodes'), nodeVersions);
  const expresses: Installed[] = [];
  for (const version of expressVersions) {
    expresses.push(await installExpress(join(directory, `express-${version}`), tarball, version));
  }
  const cells: Cell[] = [];
  for (const node of nodes) {
    for (const express of expresses) {
      cells.push(...(await Promise.all([tryOut(node, express, 'ESM'), tryOut(node, express, 'CommonJS')])));
    }
  }
  return cells;
}

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const directory = await mkdtemp(join(tmpdir(), 'versions-'));
try {
  const cells = await tryAll(directory);
  console.log(renderTable(cells));
  for (const { node, express, module, failure } of cells) {
    if (failure !== undefined) console.error(`\nNode ${node}, Express ${express}, ${module}:\n${failure}`);
  }
  if (cells.some(({ failure }) => failure !== undefined)) process.exitCode = 1;
  if (values.write) {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    await writeFile(PAGE, renderPage(cells, version, new Date()));
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}
