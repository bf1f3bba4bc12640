import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, onTestFinished } from 'vitest';
import { QUICK } from './queues.ts';
import type { HoldPoint, WorkerProcessMessage, WorkerProcessSettings } from './worker-process.ts';

/** A worker in a process of its own. */
export interface WorkerProcess {
  /** Settles when it stands still. */
  readonly stands: Promise<void>;
  /** Settles with the first outcome that it reports. */
  readonly outcome: Promise<{ readonly outcome: string; readonly code?: string }>;
  /** Lets it go on from where it stands. */
  goOn(): void;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
  /** Stops and continues it, as a machine does that is suspended. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
}

const program = fileURLToPath(new URL('worker-process.ts', import.meta.url));

function untilMessage(
  child: ChildProcess,
  isWanted: (message: WorkerProcessMessage) => boolean,
): Promise<WorkerProcessMessage> {
  return new Promise((resolve) => {
    const listen = (message: WorkerProcessMessage) => {
      if (!isWanted(message)) return;
      child.off('message', listen);
      resolve(message);
    };
    child.on('message', listen);
  });
}

function startProgram(): ChildProcess {
  return fork(program, { execArgv: ['--import', 'tsx'] });
}

// Loading takes longer than most tests: so the next one loads while this one is used.
let spare: ChildProcess | undefined;
afterAll(() => {
  spare?.kill('SIGKILL');
});

export async function startWorkerProcess(
  settings: Pick<WorkerProcessSettings, 'url' | 'name' | 'sender'> & Partial<WorkerProcessSettings>,
  hold: HoldPoint,
): Promise<WorkerProcess> {
  const child = spare ?? startProgram();
  spare = startProgram();
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const stands = untilMessage(child, (message) => 'at' in message).then(() => undefined);
  const outcome = untilMessage(child, (message) => 'outcome' in message) as WorkerProcess['outcome'];
  const all: WorkerProcessSettings = {
    hold,
    withIntents: true,
    lockMs: QUICK.lockMs ?? 0,
    stalledMs: QUICK.stalledMs ?? 0,
    ...settings,
  };
  child.send(all);
  await Promise.race([
    untilMessage(child, (message) => 'ready' in message),
    exited.then(() => Promise.reject(new Error('The worker process ended at once.'))),
  ]);
  return {
    stands,
    outcome,
    goOn: () => void child.send('go'),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    signal: (signal) => void child.kill(signal),
  };
}
