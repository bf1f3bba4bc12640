import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run.ts';

interface Packed {
  readonly filename: string;
}

const ROOT = join(import.meta.dirname, '../..');

/** Packs what is in `dist` into a new folder. @returns the tarball's path. */
export async function npmPack(destination: string): Promise<string> {
  await mkdir(destination);
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', destination];
  const { stdout } = await run('npm', args, ROOT);
  const [packed] = JSON.parse(stdout) as Packed[];
  if (packed === undefined) throw new Error(`npm pack named no file: ${stdout}`);
  return join(destination, packed.filename);
}
