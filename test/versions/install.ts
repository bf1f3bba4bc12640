import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { INSTALL_TIMEOUT_MS, run } from '../package/run.ts';
import { root } from './promise.ts';

const CONSUMERS = join(root, 'test/package/consumers');
const FLAGS = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--silent'];

/** Something installed in its exact version. */
export interface Installed {
  readonly version: string;
  /** Node's program, or the folder of an Express app. */
  readonly path: string;
}

async function versionIn(directory: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

async function install(directory: string, packages: readonly string[]): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'package.json'), JSON.stringify({ private: true }));
  await run('npm', ['install', ...FLAGS, ...packages], directory, INSTALL_TIMEOUT_MS);
}

/**
 * Installs Nodes beside each other. The package `node` fetches its binary in an install script, which npm may refuse;
 * its packages for one platform each hold it.
 */
export async function installNodes(directory: string, versions: readonly string[]): Promise<Installed[]> {
  const platform = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  const folder = (version: string): string => `node-${version}`;
  await install(
    directory,
    versions.map((version) => `${folder(version)}@npm:${platform}@${version}`),
  );
  return Promise.all(
    versions.map(async (version) => {
      const path = join(directory, 'node_modules', folder(version), 'bin', program);
      const { stdout } = await run(path, ['--print', 'process.versions.node'], directory);
      return { version: stdout.trim(), path };
    }),
  );
}

/** An app with one Express and the packed package, and the programs that try them. */
export async function installExpress(
  directory: string,
  tarball: string,
  version: string,
): Promise<Installed> {
  await install(directory, [tarball, `express@${version}`]);
  await cp(CONSUMERS, directory, { recursive: true });
  return { version: await versionIn(join(directory, 'node_modules/express')), path: directory };
}
