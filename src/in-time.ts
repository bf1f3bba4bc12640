// One for all steps: to follow it makes one promise less for each.
const soon = Promise.resolve();

/**
 * Waits for a step, but not longer than it may take. What has settled already costs no timer, and most steps have: a
 * handler that only puts the delivery somewhere, a store in memory.
 *
 * @param onLate - Says what to answer instead, or throws.
 */
export function inTime<T>(step: PromiseLike<T> | T, limitMs: number, onLate: () => T): Promise<T> {
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
    void soon.then(() => {
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
