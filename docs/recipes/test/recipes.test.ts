import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const MAX_LINES = 100;
/** Whose work is more than one file of that size. */
const LONGER = new Set(['postgres-delivery-store.ts']);
const HEADER = /^\/\*\*\n/u;

const folder = join(import.meta.dirname, '..');
const names = (await readdir(folder)).filter((name) => name.endsWith('.ts') && name !== 'vitest.config.ts');

it.each(names)('%s is in the index, says at its top what it is, and is short', async (name) => {
  const code = await readFile(join(folder, name), 'utf8');
  expect(await readFile(join(folder, 'README.md'), 'utf8')).toContain(`[${name}](${name})`);
  expect(code).toMatch(HEADER);
  if (!LONGER.has(name)) expect(code.trimEnd().split('\n').length).toBeLessThanOrEqual(MAX_LINES);
});
