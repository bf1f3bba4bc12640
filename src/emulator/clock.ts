import { types } from 'node:util';
import { invalidOption } from '../options.ts';
import { parseDuration } from './duration.ts';
import { createSchedule, type Schedule } from './schedule.ts';

/**
 * The emulator's clock: the machine's, and as far ahead or behind as it was moved. Days and months of fair use,
 * throttling, signatures, retries and delays go by it.
 */
export interface EmulatorClock {
  /**
   * The time in milliseconds since 1970. Usable on its own, so that a receiver can live in the same time:
   * `whatsappGatewayWebhook({ now: gateway.clock.now })`.
   */
  readonly now: () => number;
  /** How far it was moved from the machine's clock, in milliseconds. */
  readonly offsetMs: number;
  /**
   * Moves it ahead, by milliseconds or by a text such as `'90s'`, `'5m'`, `'25h'`, `'2d'`. What falls due on the way is
   * done on the way, each at its own time: five retries in one hour are five attempts with five timestamps.
   *
   * @returns a promise that resolves when all of that has ended.
   * @throws TypeError when it cannot be read.
   */
  advance(by: string | number): Promise<void>;
  /**
   * Sets it: a `Date`, milliseconds since 1970 or ISO 8601. Ahead is like `advance`; back, what waits goes on waiting
   * for as long as before.
   *
   * @throws TypeError when it cannot be read.
   */
  set(to: Date | number | string): Promise<void>;
  /** Sets it back to the machine's clock. */
  reset(): Promise<void>;
}

/** The clock with what only the emulator itself may do. */
export interface ManagedClock {
  /** What users get. */
  readonly clock: EmulatorClock;
  /** What waits for its time. */
  readonly schedule: Schedule;
}

function isTime(milliseconds: number): boolean {
  return Number.isFinite(new Date(milliseconds).getTime());
}

function toMilliseconds(to: Date | number | string): number {
  const time = types.isDate(to) ? to.getTime() : typeof to === 'string' ? Date.parse(to) : to;
  if (typeof time === 'number' && isTime(time)) return time;
  throw invalidOption('clock.set', 'to', to, 'Give a Date, milliseconds since 1970 or ISO 8601.');
}

/**
 * Makes a clock on top of another.
 *
 * @param base - The machine's clock, in milliseconds since 1970.
 * @param onMove - Called after every move.
 */
export function createClock(base: () => number, onMove: () => void): ManagedClock {
  let offsetMs = 0;
  /** Where the latest move goes: a move that takes its time may be overtaken by another. */
  let destination = 0;
  const now = (): number => base() + offsetMs;
  const schedule = createSchedule(now);

  async function moveTo(targetOffsetMs: number): Promise<void> {
    destination = targetOffsetMs;
    if (targetOffsetMs < offsetMs) {
      schedule.shift(targetOffsetMs - offsetMs);
      offsetMs = targetOffsetMs;
    }
    for (;;) {
      const due = schedule.nextDueBy(base() + targetOffsetMs);
      if (due === undefined) break;
      offsetMs = Math.max(offsetMs, Math.min(targetOffsetMs, due - base()));
      await schedule.runDue(due);
      if (destination < targetOffsetMs) return;
    }
    offsetMs = Math.max(offsetMs, targetOffsetMs);
    schedule.rearm();
    onMove();
  }

  return {
    schedule,
    clock: {
      now,
      get offsetMs() {
        return offsetMs;
      },
      async advance(by) {
        const offset = destination + parseDuration('clock.advance', 'by', by);
        if (!isTime(base() + offset)) {
          throw invalidOption('clock.advance', 'by', by, 'Give less: no date is that far ahead.');
        }
        await moveTo(offset);
      },
      set: async (to) => moveTo(toMilliseconds(to) - base()),
      reset: async () => moveTo(0),
    },
  };
}
