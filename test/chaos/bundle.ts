import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = `${ROOT}node_modules/.cache`;
const PACKAGES = /^[^./]/u;

/** A program as one file. */
export interface Bundle {
  readonly path: string;
  remove(): Promise<void>;
}

/** Makes one file of a program: what is started dozens of times must not be compiled each time. */
export async function bundleProgram(name: string): Promise<Bundle> {
  // Inside the repository, so that it finds the packages.
  await mkdir(CACHE, { recursive: true });
  const outDir = await mkdtemp(`${CACHE}/chaos-`);
  await build({
    config: false,
    cwd: ROOT,
    entry: { [name]: `test/chaos/${name}.ts` },
    outDir,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    dts: false,
    deps: { neverBundle: PACKAGES },
    logLevel: 'silent',
  });
  return {
    path: `${outDir}/${name}.mjs`,
    remove: () => rm(outDir, { recursive: true, force: true }),
  };
}
