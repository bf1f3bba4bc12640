import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const PAGE_SOURCE = resolve(import.meta.dirname, '../../../../src/emulator/page');

/** A file of the page as it goes over the wire. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
}

const TYPES = {
  'index.html': 'text/html; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;

/** Builds the page from its source, apart from `dist`, which other builds of this machine may clear. */
export async function buildPage(): Promise<ReadonlyMap<string, PageFile>> {
  const folder = await mkdtemp(join(tmpdir(), 'emulator-page-'));
  try {
    await build({
      root: PAGE_SOURCE,
      configFile: join(PAGE_SOURCE, 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir: folder },
    });
    const files = new Map<string, PageFile>();
    for (const [name, type] of Object.entries(TYPES)) {
      files.set(`/${name}`, { type, bytes: await readFile(join(folder, name)) });
    }
    const index = files.get('/index.html');
    if (index !== undefined) files.set('/', index);
    return files;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
