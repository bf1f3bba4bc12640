import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { INSTALL_TIMEOUT_MS, type Output, run } from './run.ts';

const UNREACHABLE =
  /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT)\b/u;
const SOURCES = join(import.meta.dirname, 'consumers');

/** A project in a temporary folder that the packed package is installed in, with `consumers` copied into it. */
export interface Consumer {
  readonly directory: string;
  /** Why nothing could be installed. Then its tests cannot run. */
  readonly unreachable?: string;
  /** Runs a file with this Node. @throws Error with everything it said unless it ends with 0. */
  node(file: string, ...args: readonly string[]): Promise<Output>;
}

/** Asked by itself, as an install hides it: without a registry, npm speaks of peers that do not fit. */
async function networkError(): Promise<string | undefined> {
  const cache = join(inject('workDirectory'), 'empty-cache');
  const args = ['view', 'undici', 'version', '--fetch-retries=0', '--cache', cache];
  try {
    await run('npm', args, SOURCES);
    return undefined;
  } catch (error) {
    return UNREACHABLE.exec(String(error))?.[0];
  }
}

/**
 * Installs the packed package and others as any user would. Where no registry can be reached, the answer says so,
 * except in CI: there it throws, as nothing may be skipped.
 */
export async function installConsumer(name: string, ...packages: readonly string[]): Promise<Consumer> {
  const directory = join(inject('workDirectory'), name);
  await mkdir(directory);
  await cp(SOURCES, directory, { recursive: true });
  await writeFile(join(directory, 'package.json'), JSON.stringify({ name, version: '1.0.0', private: true }));
  const consumer: Consumer = {
    directory,
    node: (file, ...args) => run(process.execPath, [file, ...args], directory),
  };
  const flags = ['--prefer-offline', '--no-audit', '--no-fund'];
  try {
    await run('npm', ['install', ...flags, inject('tarball'), ...packages], directory, INSTALL_TIMEOUT_MS);
    return consumer;
  } catch (error) {
    const code = await networkError();
    if (code === undefined || process.env.CI === 'true') throw error;
    const unreachable = `skipped, as npm reaches no registry: ${code}`;
    console.warn(`${name}: ${unreachable}`);
    return { ...consumer, unreachable };
  }
}
