import { followAbort } from './follow-abort.ts';

/**
 * Calls back once the time has really passed, never earlier: a plain `setTimeout` counts in whole milliseconds and so
 * fires up to one too early.
 *
 * @returns a function that stops it.
 */
export function startTimer(delayMs: number, onElapsed: () => void): () => void {
  const due = performance.now() + delayMs;
  const check = (): void => {
    const leftMs = due - performance.now();
    if (leftMs > 0) timer = setTimeout(check, Math.ceil(leftMs));
    else onElapsed();
  };
  let timer = setTimeout(check, delayMs);
  return () => clearTimeout(timer);
}

/** What ended a send before it was done. */
export type Stop = 'timeout' | 'aborted' | 'closed';

/** What a send is waiting for, told as soon as it has to end. */
export interface Waiting {
  stop(): void;
}

const stopMessages: Record<Stop, string> = {
  timeout: 'The send took longer than timeoutMs.',
  aborted: 'The send was aborted.',
  closed: 'The sender was closed.',
};

/** What bounds one send: its time-out, its caller's signal, and the closing of the sender. */
export class Deadline {
  /** What is told when the send has to end. One only: a send waits for one thing after another. */
  waiting: Waiting | undefined;
  #stop: Stop | undefined;
  #controller: AbortController | undefined;
  readonly #stopTimer: () => void;
  readonly #unfollow: (() => void) | undefined;

  /** Starts the clock of one send. */
  constructor(timeoutMs: number, callerSignal: AbortSignal | undefined) {
    this.#stopTimer = startTimer(timeoutMs, () => this.end('timeout'));
    if (callerSignal === undefined) return;
    this.#unfollow = followAbort(callerSignal, () => this.end('aborted'));
    if (callerSignal.aborted) this.end('aborted');
  }

  /** Why it has to end, once it has to. */
  get stop(): Stop | undefined {
    return this.#stop;
  }

  /** Aborted as soon as the send has to end. Made for whoever asks for it: few do, and it is dear. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      this.#abort();
    }
    return this.#controller.signal;
  }

  /** Ends it from outside. */
  end(stop: Stop): void {
    if (this.#stop !== undefined) return;
    this.#stop = stop;
    this.#abort();
    this.waiting?.stop();
  }

  /** Takes the timer and the listener away. */
  dispose(): void {
    this.#stopTimer();
    this.#unfollow?.();
  }

  #abort(): void {
    if (this.#stop !== undefined) this.#controller?.abort(new Error(stopMessages[this.#stop]));
  }
}

/**
 * Waits for something, but not past the end of the send.
 *
 * @throws an error once the send has to end.
 */
export async function untilStopped<T>(promise: PromiseLike<T>, deadline: Deadline): Promise<T> {
  const stopped = new Promise<never>((_, reject) => {
    const stop = (): void => reject(new Error('The send has to end.'));
    deadline.waiting = { stop };
    if (deadline.stop !== undefined) stop();
  });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    deadline.waiting = undefined;
  }
}

/** Waits, but not past the end of the send. */
export function pause(delayMs: number, deadline: Deadline): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      stopTimer();
      deadline.waiting = undefined;
      resolve();
    };
    const stopTimer = startTimer(delayMs, stop);
    deadline.waiting = { stop };
    if (deadline.stop !== undefined) stop();
  });
}
