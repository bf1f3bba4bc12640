import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The packed package. */
    tarball: string;
    /** A temporary folder, removed after the run. */
    workDirectory: string;
  }
}

interface Packed {
  readonly filename: string;
}

/** Packs what is in `dist` once for every test of the package: `npm test` has built it just before. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const workDirectory = await mkdtemp(join(tmpdir(), 'package-test-'));
  const destination = join(workDirectory, 'tarball');
  await mkdir(destination);
  const { stdout } = await promisify(execFile)('npm', [
    'pack',
    '--json',
    '--ignore-scripts',
    '--pack-destination',
    destination,
  ]);
  const [packed] = JSON.parse(stdout) as Packed[];
  if (packed === undefined) throw new Error(`npm pack named no file: ${stdout}`);
  provide('tarball', join(destination, packed.filename));
  provide('workDirectory', workDirectory);
  return () => rm(workDirectory, { recursive: true, force: true });
}
