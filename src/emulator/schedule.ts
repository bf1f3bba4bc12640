import { MAX_TIMER_MS } from '../protocol.ts';

/** Something that waits for its time. */
export interface ScheduledJob {
  /** When it runs, in milliseconds since 1970 by the emulator's clock. */
  readonly dueAt: number;
  /** Runs it now rather than then; does nothing where it has run or was cancelled. */
  runNow(): void;
  /** Sees to it that it never runs. */
  cancel(): void;
}

/** What waits for its time on a clock that can be moved. Its one timer keeps no process alive. */
export interface Schedule {
  /** Runs something so many milliseconds from now. It must not reject. */
  after(delayMs: number, run: () => Promise<void>): ScheduledJob;
  /** When the next one is due, if that is no later than the time given. */
  nextDueBy(time: number): number | undefined;
  /** Runs what is due by a time, and resolves when all of that has ended. */
  runDue(time: number): Promise<void>;
  /** Moves every due time, as when the clock goes back. */
  shift(byMs: number): void;
  /** Sets the timer anew, as when the clock was moved. */
  rearm(): void;
  /** Cancels everything. */
  clear(): void;
}

interface Job {
  dueAt: number;
  readonly run: () => Promise<void>;
}

/** Makes an empty schedule by a clock. */
export function createSchedule(now: () => number): Schedule {
  const jobs = new Set<Job>();
  let timer: NodeJS.Timeout | undefined;
  let armedFor = Number.POSITIVE_INFINITY;

  function arm(dueAt: number): void {
    clearTimeout(timer);
    armedFor = dueAt;
    const delayMs = Math.min(Math.max(Math.ceil(dueAt - now()), 1), MAX_TIMER_MS);
    timer = setTimeout(() => void runDue(now()), delayMs).unref();
  }

  function rearm(): void {
    clearTimeout(timer);
    armedFor = Number.POSITIVE_INFINITY;
    const next = nextDueBy(Number.POSITIVE_INFINITY);
    if (next !== undefined) arm(next);
  }

  function nextDueBy(time: number): number | undefined {
    let next: number | undefined;
    for (const { dueAt } of jobs) if (dueAt <= time && (next === undefined || dueAt < next)) next = dueAt;
    return next;
  }

  async function runDue(time: number): Promise<void> {
    const due = [...jobs].filter(({ dueAt }) => dueAt <= time).sort((a, b) => a.dueAt - b.dueAt);
    for (const job of due) jobs.delete(job);
    rearm();
    await Promise.all(due.map(({ run }) => run()));
  }

  return {
    after(delayMs, run) {
      const job: Job = { dueAt: now() + delayMs, run };
      jobs.add(job);
      if (job.dueAt < armedFor) arm(job.dueAt);
      return {
        get dueAt() {
          return job.dueAt;
        },
        runNow() {
          if (jobs.delete(job)) void run();
        },
        cancel() {
          jobs.delete(job);
        },
      };
    },
    nextDueBy,
    runDue,
    shift(byMs) {
      for (const job of jobs) job.dueAt += byMs;
    },
    rearm,
    clear() {
      jobs.clear();
      rearm();
    },
  };
}
