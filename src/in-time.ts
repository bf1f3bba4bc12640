/** Whether there is something to wait for. */
export function isThenable<T>(value: PromiseLike<T> | T): value is PromiseLike<T> {
  const mayBe = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return mayBe && 'then' in value && typeof value.then === 'function';
}

/**
 * Waits for a step, but not longer than it may take. What has settled already costs no timer, and what is no promise
 * not even a promise; most steps are one or the other: a handler that only puts the delivery somewhere, a store in
 * memory.
 *
 * @param onLate - Says what to answer instead, or throws.
 */
export function inTime<T>(step: PromiseLike<T> | T, limitMs: number, onLate: () => T): Promise<T> | T {
  return isThenable(step) ? waitFor(step, limitMs, onLate) : step;
}

function waitFor<T>(step: PromiseLike<T>, limitMs: number, onLate: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    let settled = false;
    let timer: NodeJS.Timeout | undefined;
    const settle = (): void => {
      settled = true;
      clearTimeout(timer);
    };
    Promise.resolve(step).then(
      (value) => {
        settle();
        resolve(value);
      },
      (error) => {
        settle();
        reject(error);
      },
    );
    void Promise.resolve().then(() => {
      if (settled) return;
      timer = setTimeout(() => {
        try {
          resolve(onLate());
        } catch (error) {
          reject(error);
        }
      }, limitMs);
    });
  });
}
