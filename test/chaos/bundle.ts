import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGES = /^[^./]/u;

/**
 * Makes one file of a program: what is started dozens of times must not be compiled each time.
 *
 * @returns the file's path.
 */
export async function bundleProgram(name: string): Promise<string> {
  // Inside the repository, so that it finds the packages.
  const outDir = `${ROOT}node_modules/.cache/chaos`;
  await build({
    config: false,
    cwd: ROOT,
    entry: { [name]: `test/chaos/${name}.ts` },
    outDir,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    dts: false,
    clean: true,
    deps: { neverBundle: PACKAGES },
    logLevel: 'silent',
  });
  return `${outDir}/${name}.mjs`;
}
