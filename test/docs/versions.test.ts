import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expressVersions, moduleSystems, nodeVersions, root } from '../versions/promise.ts';
import { type Cell, renderTable } from '../versions/table.ts';

const NODE = /^\| Node (\d\S+) /gmu;
const EXPRESS = /\| Express (\S+)/gu;

const page = readFileSync(join(root, 'docs/versions.md'), 'utf8');

function found(pattern: RegExp): string[] {
  return Array.from(page.matchAll(pattern), ([, version = '']) => version);
}

/** `4.22.3` belongs to `4`, and `4.17.0` to itself. */
function belongs(version: string | undefined, wanted: string | undefined): boolean {
  return `${version}.`.startsWith(`${wanted}.`);
}

describe('docs/versions.md', () => {
  it('has the oldest versions that package.json promises, and each line since', () => {
    const nodes = found(NODE);
    const expresses = found(EXPRESS);
    expect(nodes).toHaveLength(nodeVersions.length);
    expect(expresses).toHaveLength(expressVersions.length);
    expect(nodes.every((version, index) => belongs(version, nodeVersions[index]))).toBe(true);
    expect(expresses.every((version, index) => belongs(version, expressVersions[index]))).toBe(true);
  });

  it('is what the script writes where everything works', () => {
    const cells: Cell[] = found(NODE).flatMap((node) =>
      found(EXPRESS).flatMap((express) =>
        Object.keys(moduleSystems).map((module) => ({ node, express, module, failure: undefined })),
      ),
    );
    expect(page).toContain(`\n\n${renderTable(cells)}\n`);
  });
});

describe('the table of versions', () => {
  it('names what fails', () => {
    const tried = { node: '20.19.0', express: '5.3.0' };
    const cells = [
      { ...tried, module: 'ESM', failure: undefined },
      { ...tried, module: 'CommonJS', failure: 'Error' },
    ];
    expect(renderTable(cells)).toBe(
      ['|  | Express 5.3.0 |', '| --- | --- |', '| Node 20.19.0 | ESM works, CommonJS **fails** |'].join(
        '\n',
      ),
    );
  });
});
