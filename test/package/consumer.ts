import { execFile } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';

// Less than a test may take, so that what hangs is named with all that it said.
const RUN_TIMEOUT_MS = 60_000;
const INSTALL_TIMEOUT_MS = 300_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const UNREACHABLE =
  /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT)\b/u;
const SOURCES = join(import.meta.dirname, 'consumers');

/** What a program said before it ended with 0. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** A project in a temporary folder that the packed package is installed in, with `consumers` copied into it. */
export interface Consumer {
  readonly directory: string;
  /** Why nothing could be installed. Then its tests cannot run. */
  readonly unreachable?: string;
  /** Runs a file with this Node. @throws Error with everything it said unless it ends with 0. */
  node(file: string, ...args: readonly string[]): Promise<Output>;
}

/** Runs a program. @throws Error with everything it said unless it ends with 0. */
export async function run(
  program: string,
  args: readonly string[],
  cwd: string,
  timeout: number = RUN_TIMEOUT_MS,
): Promise<Output> {
  try {
    return await promisify(execFile)(program, args, {
      cwd,
      timeout,
      killSignal: 'SIGKILL',
      maxBuffer: MAX_OUTPUT_BYTES,
      env: { ...process.env, NODE_OPTIONS: '', FORCE_COLOR: '0' },
    });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as Partial<Output>;
    throw new Error(`${program} ${args.join(' ')} failed or took too long in ${cwd}\n${stdout}\n${stderr}`, {
      cause: error,
    });
  }
}

/** Asked by itself, as an install hides it: without a registry, npm speaks of peers that do not fit. */
async function networkError(): Promise<string | undefined> {
  const cache = join(inject('workDirectory'), 'empty-cache');
  const args = ['view', 'raw-body', 'version', '--fetch-retries=0', '--cache', cache];
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
