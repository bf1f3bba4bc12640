/** What a process holds once its garbage is collected, and the most that it ever had, in bytes. */
export interface Held {
  /** Objects, and the bytes of buffers. */
  readonly heldBytes: number;
  readonly peakRssBytes: number;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Collects the garbage of this process, which must run with `--expose-gc`. */
export async function collected(): Promise<Held> {
  // Twice, with a turn between: what a finalizer lets go is garbage only then.
  for (let time = 0; time < 2; time += 1) {
    globalThis.gc?.();
    await nextTurn();
  }
  const { heapUsed, external } = process.memoryUsage();
  return { heldBytes: heapUsed + external, peakRssBytes: process.resourceUsage().maxRSS * 1_024 };
}
