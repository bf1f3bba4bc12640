import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const PAGE_SOURCE = resolve(import.meta.dirname, '../../../../src/emulator/page');

/** The page, built. */
export interface BuiltPage {
  readonly folder: string;
  remove(): Promise<void>;
}

/** Builds the page from its source, apart from `dist`, which other builds of this machine may clear. */
export async function buildPage(): Promise<BuiltPage> {
  const folder = await mkdtemp(join(tmpdir(), 'emulator-page-'));
  await build({
    root: PAGE_SOURCE,
    configFile: join(PAGE_SOURCE, 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir: folder },
  });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
