import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

// Less than a test may take, so that what hangs is named with all that it said.
const RUN_TIMEOUT_MS = 60_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** How long an install may take. */
export const INSTALL_TIMEOUT_MS = 300_000;

/** What a program said before it ended with 0. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
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
