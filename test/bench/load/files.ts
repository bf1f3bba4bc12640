import { execFile } from 'node:child_process';
import { realpathSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PACKAGE = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/u;

/** Runs one of the scripts beside this in plain Node, with nothing loaded before it. */
export async function runPlain(script: string, name: string): Promise<string> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await run(process.execPath, [path, name]);
  return stdout.trim();
}

/** What importing a package reads. */
export interface Loaded {
  readonly bytes: number;
  readonly files: number;
  /** The packages the files are of, its own left out. */
  readonly packages: readonly string[];
}

/** Imports a package once, and looks at every file that was read. */
export async function filesOf(name: string): Promise<Loaded> {
  const listed = await runPlain('list-files.mjs', name);
  const paths = new Set(listed.split('\n').map((url) => realpathSync(fileURLToPath(url))));
  const packages = new Set([...paths].map((path) => PACKAGE.exec(path)?.[1] ?? name));
  return {
    bytes: [...paths].reduce((sum, path) => sum + statSync(path).size, 0),
    files: paths.size,
    packages: [...packages].filter((other) => other !== name).sort(),
  };
}
