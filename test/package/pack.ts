import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { npmPack } from './npm-pack.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The packed package. */
    tarball: string;
    /** A temporary folder, removed after the run. */
    workDirectory: string;
  }
}

/** Packs what is in `dist` once for every test of the package: `npm test` has built it just before. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const workDirectory = await mkdtemp(join(tmpdir(), 'package-test-'));
  provide('tarball', await npmPack(join(workDirectory, 'tarball')));
  provide('workDirectory', workDirectory);
  return () => rm(workDirectory, { recursive: true, force: true });
}
