import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A program of its own, so that what it compiles, collects and waits for is its own. */
export interface Child {
  /** The message it sends next. */
  next<T>(): Promise<T>;
  /** Sends it a message and waits for its answer. */
  ask<T>(message: object): Promise<T>;
  stop(): Promise<void>;
}

/** Starts a module of this package as a process that is talked to by messages. */
export function startChild(
  module: URL,
  { args = [], execArgv = [] }: { args?: readonly string[]; execArgv?: readonly string[] } = {},
): Child {
  const child: ChildProcess = fork(fileURLToPath(module), args, {
    execArgv: [...process.execArgv, ...execArgv],
  });
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`${module.pathname.split('/').at(-1)} ended with ${code}.`);
  });
  gone.catch(() => undefined);

  const next = async <T>(): Promise<T> => {
    const [message] = await Promise.race([once(child, 'message'), gone]);
    return message as T;
  };
  return {
    next,
    ask: (message) => {
      const answered = next<never>();
      child.send(message);
      return answered;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill();
      await gone.catch(() => undefined);
    },
  };
}

/** In the child: sends the parent a message. */
export function tell(message: object): void {
  process.send?.(message);
}

/** In the child: answers every message of the parent. */
export function answerParent<Question>(answer: (question: Question) => object | Promise<object>): void {
  process.on('message', (question) => {
    void Promise.resolve(answer(question as Question)).then(tell);
  });
  // Nobody is left to answer.
  process.on('disconnect', () => process.exit());
}
