import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** One process of the app, started again whenever it dies, as systemd or Kubernetes would. */
export interface PartProcess {
  /** Such as `web 1`. */
  readonly name: string;
  /** Of the process that runs now. */
  readonly pid: number | undefined;
  /** Resolves when it is ready for work, also where it was just killed. @throws Error where it dies before. */
  ready(): Promise<void>;
  /** Ends it as a crash does; it is started again. Resolves when it is dead. */
  crash(): Promise<void>;
  /** Lets it finish what is under way, and ends it for good. */
  stop(): Promise<void>;
  /** Ends it for good, at once. */
  end(): Promise<void>;
}

export interface PartSettings {
  readonly name: string;
  /** What the program is told, such as `web`. */
  readonly part: string;
  readonly env: Readonly<Record<string, string>>;
  /** @default src/main.ts */
  readonly program?: string;
  /** Hears every line that it prints. */
  readonly onLine: (line: string) => void;
  /** Hears that it died by itself, and is started again. */
  readonly onDeath?: (signalOrCode: string) => void;
}

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const STOP_WITHIN_MS = 10_000;
const RESTART_AFTER_MS = 200;

function forEachLine(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}

export function startPartProcess({
  name,
  part,
  env,
  program = MAIN,
  onLine,
  onDeath,
}: PartSettings): PartProcess {
  let child: ChildProcess;
  let becomesReady: Promise<void>;
  let isStopping = false;

  function start(): void {
    child = fork(program, [part], {
      env: { PATH: process.env.PATH, ...env },
      execArgv: program.endsWith('.ts') ? ['--import', 'tsx'] : [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C in a terminal reaches a whole group: what runs here is stopped by us, in order.
      detached: true,
    });
    forEachLine(child.stdout, onLine);
    forEachLine(child.stderr, onLine);
    const started = child;
    becomesReady = new Promise((resolve, reject) => {
      started.once('message', () => resolve());
      started.once('exit', () => reject(new Error(`${name} ended before it was ready.`)));
    });
    becomesReady.catch(() => undefined);
    started.once('exit', (code, signal) => {
      if (isStopping) return;
      onDeath?.(signal ?? `code ${code}`);
      becomesReady = sleep(RESTART_AFTER_MS).then(() => {
        if (isStopping) throw new Error(`${name} is stopped.`);
        start();
        return becomesReady;
      });
      becomesReady.catch(() => undefined);
    });
  }
  start();

  async function kill(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  return {
    name,
    get pid() {
      return child.pid;
    },
    ready: () => becomesReady,
    crash: () => kill('SIGKILL'),
    async stop() {
      isStopping = true;
      const isLate = new AbortController();
      const late = sleep(STOP_WITHIN_MS, undefined, { signal: isLate.signal }).then(
        () => kill('SIGKILL'),
        () => undefined,
      );
      await Promise.race([kill('SIGTERM'), late]);
      isLate.abort();
    },
    async end() {
      isStopping = true;
      await kill('SIGKILL');
    },
  };
}
