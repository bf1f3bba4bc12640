/** Lets only so many do something at the same moment; the others wait in line. */
export interface Turns {
  /** Waits for a turn. @returns what gives it back; to be called once. */
  take(): Promise<() => void>;
}

/** Makes turns for so many at once. */
export function createTurns(limit: number): Turns {
  const line: (() => void)[] = [];
  let taken = 0;

  function giveBack(): void {
    const next = line.shift();
    if (next === undefined) taken -= 1;
    else next();
  }

  return {
    async take() {
      if (taken < limit) taken += 1;
      else await new Promise<void>((resolve) => line.push(resolve));
      return giveBack;
    },
  };
}
