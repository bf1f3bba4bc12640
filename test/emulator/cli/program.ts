import { run, type Surroundings } from '../../../src/emulator/cli/run.ts';

/** One run of the program inside this process, with what it wrote. */
export interface ProgramRun {
  readonly exitCode: Promise<number>;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** What it wrote as NDJSON. */
  readonly records: () => Record<string, unknown>[];
  /** Resolves once a text stands in what it wrote. */
  readonly prints: (text: string) => Promise<void>;
  /** As Ctrl-C does. */
  readonly stop: () => void;
}

export function runProgram(
  args: readonly string[],
  { env = {}, isTTY = false }: { env?: NodeJS.ProcessEnv; isTTY?: boolean } = {},
): ProgramRun {
  let stdout = '';
  let stderr = '';
  const stop = new AbortController();
  const waiting = new Set<() => void>();
  const surroundings: Surroundings = {
    args,
    env,
    stop: stop.signal,
    stdout: {
      isTTY,
      write(text) {
        stdout += text;
        for (const look of waiting) look();
      },
    },
    stderr: {
      write(text) {
        stderr += text;
      },
    },
  };
  const exitCode = run(surroundings);
  return {
    exitCode,
    stdout: () => stdout,
    stderr: () => stderr,
    records: () =>
      stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    prints: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (stdout.includes(text)) resolve();
        };
        waiting.add(look);
        look();
        exitCode.then(() => reject(new Error(`It ended without «${text}»:\n${stdout}${stderr}`)), reject);
      }),
    stop: () => stop.abort(),
  };
}
