/** Something that is going on. */
export interface Ongoing {
  /** It goes on, but waits for its time and so does not count. */
  pause(): void;
  /** It counts again. */
  resume(): void;
  /** It is over. Can be called again. */
  end(): void;
}

/** Knows whether anything is going on. */
export interface Activity {
  /** Begins something. */
  begin(): Ongoing;
  /** Resolves when nothing is going on, also not right after. */
  idle(): Promise<void>;
}

/** Makes an activity of nothing. */
export function createActivity(): Activity {
  let count = 0;
  const waiting = new Set<() => void>();

  function leave(): void {
    count -= 1;
    if (count > 0) return;
    for (const resolve of waiting) resolve();
    waiting.clear();
  }

  return {
    begin() {
      let counts = true;
      count += 1;
      const stop = (): void => {
        if (counts) leave();
        counts = false;
      };
      return {
        pause: stop,
        resume() {
          if (!counts) count += 1;
          counts = true;
        },
        end: stop,
      };
    },
    async idle() {
      for (;;) {
        // What has just ended may begin something else in the same turn: an answered app sends its reply.
        await new Promise((resolve) => setImmediate(resolve));
        if (count === 0) return;
        await new Promise<void>((resolve) => waiting.add(resolve));
      }
    },
  };
}
