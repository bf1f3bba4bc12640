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

/** What bounds one send: its time-out, its caller's signal, and the closing of the sender. */
export interface Deadline {
  /** Aborted as soon as the send has to end. */
  readonly signal: AbortSignal;
  /** Why it has to end, once it has to. */
  readonly stop: Stop | undefined;
  /** Ends it from outside. */
  end(stop: Stop): void;
  /** Takes the timer and the listener away. */
  dispose(): void;
}

const stopMessages: Record<Stop, string> = {
  timeout: 'The send took longer than timeoutMs.',
  aborted: 'The send was aborted.',
  closed: 'The sender was closed.',
};

/** Starts the clock of one send. */
export function startDeadline(timeoutMs: number, callerSignal: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  let stop: Stop | undefined;
  const end = (why: Stop): void => {
    if (stop !== undefined) return;
    stop = why;
    controller.abort(new Error(stopMessages[why]));
  };
  const onAbort = (): void => end('aborted');
  const stopTimer = startTimer(timeoutMs, () => end('timeout'));
  const unfollow = callerSignal === undefined ? undefined : followAbort(callerSignal, onAbort);
  if (callerSignal?.aborted === true) onAbort();
  return {
    signal: controller.signal,
    get stop() {
      return stop;
    },
    end,
    dispose() {
      stopTimer();
      unfollow?.();
    },
  };
}

/**
 * Waits for something, but not past the end of the send.
 *
 * @throws the signal's reason once it is aborted.
 */
export async function untilStopped<T>(promise: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  let onAbort: () => void = () => {};
  const stopped = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/**
 * Waits, but not past the end of the send.
 *
 * @throws the signal's reason once it is aborted.
 */
export async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  let stopTimer: () => void = () => {};
  const elapsed = new Promise<void>((resolve) => {
    stopTimer = startTimer(delayMs, resolve);
  });
  try {
    await untilStopped(elapsed, signal);
  } finally {
    stopTimer();
  }
}
