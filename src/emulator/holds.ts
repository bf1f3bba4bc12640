import type { Schedule } from './schedule.ts';

/** How a wait ended: its time came, whoever waited for it went away, or the emulator ended it. */
export type HoldEnd = 'time' | 'gone' | 'ended';

/** Answers that are held back. */
export interface Holds {
  /** Waits for so many milliseconds of the emulator's clock (or for ever), for somebody who may go away. */
  hold(delayMs: number | 'forever', gone: AbortSignal): Promise<HoldEnd>;
  /** Ends every wait. */
  end(): void;
}

/** Makes holds by a schedule. */
export function createHolds(schedule: Schedule): Holds {
  const held = new Set<() => void>();
  return {
    hold: (delayMs, gone) =>
      new Promise((resolve) => {
        const settle = (end: HoldEnd): void => {
          job?.cancel();
          held.delete(onEnd);
          gone.removeEventListener('abort', onGone);
          resolve(end);
        };
        const onEnd = (): void => settle('ended');
        const onGone = (): void => settle('gone');
        const job = delayMs === 'forever' ? undefined : schedule.after(delayMs, async () => settle('time'));
        held.add(onEnd);
        if (gone.aborted) onGone();
        else gone.addEventListener('abort', onGone, { once: true });
      }),
    end() {
      for (const onEnd of [...held]) onEnd();
    },
  };
}
