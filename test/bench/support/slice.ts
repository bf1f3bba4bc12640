import type { Measure } from '../harness/rounds.ts';

/** What this process has had of the processor. */
export function processorMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/**
 * Repeats something synchronous for about so many milliseconds and answers the microseconds that one took: of the
 * processor's time, collecting garbage included, so that a neighbour who holds the processor is not counted.
 */
export function sliceOf(run: () => unknown, milliseconds: number): Measure {
  let times = 1;
  return () => {
    for (;;) {
      const startedAt = processorMicroseconds();
      for (let time = 0; time < times; time += 1) run();
      const took = processorMicroseconds() - startedAt;
      const enough = took >= milliseconds * 500;
      const perRun = Math.max(took, 1) / times;
      times = Math.max(1, Math.min(times * 10, Math.round((milliseconds * 1_000) / perRun)));
      if (enough) return perRun;
    }
  };
}
