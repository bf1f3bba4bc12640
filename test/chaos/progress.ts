/** How far the events are, so that what goes wrong does so at the same place in every run of a seed. */
export interface Progress {
  readonly begun: number;
  /** One more event is begun. */
  begin(): void;
  /** Resolves when so many are. */
  reach(count: number): Promise<void>;
}

export function createProgress(): Progress {
  const waiting = new Set<{ readonly count: number; readonly resolve: () => void }>();
  let begun = 0;
  return {
    get begun() {
      return begun;
    },
    begin() {
      begun += 1;
      for (const waiter of waiting) {
        if (waiter.count > begun) continue;
        waiting.delete(waiter);
        waiter.resolve();
      }
    },
    reach: (count) =>
      new Promise((resolve) => {
        if (count <= begun) resolve();
        else waiting.add({ count, resolve });
      }),
  };
}
