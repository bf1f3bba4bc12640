import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createClock, type ManagedClock } from '../../src/emulator/clock.ts';
import { parseDuration } from '../../src/emulator/duration.ts';

const START = Date.parse('2026-05-08T10:00:00Z');

/** A clock on a machine whose own time stands still. */
function frozen(): ManagedClock {
  return createClock(
    () => START,
    () => undefined,
  );
}

describe('a duration', () => {
  it.each([
    ['250ms', 250],
    ['90s', 90_000],
    ['5m', 300_000],
    ['1.5h', 5_400_000],
    ['25h', 90_000_000],
    ['2d', 172_800_000],
    [0, 0],
    [1_500, 1_500],
  ])('is read from %o', (text, ms) => {
    expect(parseDuration('clock.advance', 'by', text)).toBe(ms);
  });

  it.each([
    '',
    '5',
    '5 m',
    '-5m',
    '5w',
    '5M',
    '1e3s',
    '5m5s',
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    null,
  ])('is not read from %o', (value) => {
    expect(() => parseDuration('clock.advance', 'by', value)).toThrow('clock.advance: option by is');
  });
});

describe('the clock', () => {
  it('goes by the machine until it is moved', async () => {
    const { clock } = frozen();
    expect([clock.now(), clock.offsetMs]).toEqual([START, 0]);
    await clock.advance('25h');
    expect([clock.now(), clock.offsetMs]).toEqual([START + 90_000_000, 90_000_000]);
    await clock.reset();
    expect([clock.now(), clock.offsetMs]).toEqual([START, 0]);
  });

  it('can be set by a Date, a number and a text', async () => {
    const { clock } = frozen();
    await clock.set('2027-01-01T00:00:00Z');
    expect(new Date(clock.now()).toISOString()).toBe('2027-01-01T00:00:00.000Z');
    await clock.set(new Date(0));
    expect(clock.now()).toBe(0);
    await clock.set(5);
    expect(clock.now()).toBe(5);
  });

  it.each(['tomorrow', Number.NaN, new Date('x'), undefined, 1e18])('cannot be set to %o', async (to) => {
    await expect(frozen().clock.set(to as never)).rejects.toThrow('clock.set: option to is');
  });

  it('refuses to be moved to where there is no date', async () => {
    const { clock } = frozen();
    await expect(clock.advance(1e300)).rejects.toThrow('clock.advance: option by is 1e+300. Give less');
    expect(clock.offsetMs).toBe(0);
  });

  it('says after each move that it was moved', async () => {
    const onMove = vi.fn();
    const { clock } = createClock(() => START, onMove);
    await clock.advance(1);
    await clock.set(START);
    await clock.reset();
    expect(onMove).toHaveBeenCalledTimes(3);
  });
});

describe('what waits on the clock', () => {
  it('runs on the way, each at its own time and in order', async () => {
    const { clock, schedule } = frozen();
    const ran: [string, number][] = [];
    const note = (name: string) => async () => void ran.push([name, clock.now() - START]);
    schedule.after(20, note('b'));
    schedule.after(10, async () => {
      await note('a')();
      schedule.after(5, note('a2'));
    });
    schedule.after(2_000, note('late'));
    await clock.advance(1_000);
    expect(ran).toEqual([
      ['a', 10],
      ['a2', 15],
      ['b', 20],
    ]);
    expect(clock.now()).toBe(START + 1_000);
  });

  it('is waited for by the move', async () => {
    const { clock, schedule } = frozen();
    let isOver = false;
    schedule.after(10, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      isOver = true;
    });
    await clock.advance(10);
    expect(isOver).toBe(true);
  });

  it('waits as long as before when the clock goes back', async () => {
    const { clock, schedule } = frozen();
    await clock.advance('25h');
    const job = schedule.after(1_000, async () => undefined);
    await clock.reset();
    expect(job.dueAt).toBe(START + 1_000);
  });

  it('may move the clock itself', async () => {
    const { clock, schedule } = frozen();
    schedule.after(10, () => clock.advance('1h'));
    schedule.after(20, () => clock.reset());
    await clock.advance(100);
    expect(clock.offsetMs).toBe(0);
  });

  it('does not hold up a clock that is set back in the meantime', async () => {
    const { clock, schedule } = frozen();
    schedule.after(10, () => new Promise((resolve) => setImmediate(resolve)));
    const moving = clock.advance('2d');
    await clock.reset();
    await moving;
    expect(clock.offsetMs).toBe(0);
  });

  it('makes two moves at once one long one', async () => {
    const { clock, schedule } = frozen();
    schedule.after(10, () => new Promise((resolve) => setImmediate(resolve)));
    await Promise.all([clock.advance('1h'), clock.advance('1h')]);
    expect(clock.offsetMs).toBe(7_200_000);
  });

  it('runs at once when told to, and only once', async () => {
    const { clock, schedule } = frozen();
    const run = vi.fn(async () => undefined);
    const job = schedule.after(10, run);
    job.runNow();
    job.runNow();
    await clock.advance(100);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('never runs once it was cancelled', async () => {
    const { clock, schedule } = frozen();
    const run = vi.fn(async () => undefined);
    schedule.after(10, run).cancel();
    schedule.after(20, run);
    schedule.clear();
    await clock.advance(100);
    expect(run).not.toHaveBeenCalled();
  });

  it('runs by itself as time passes', async () => {
    vi.useFakeTimers({ now: START });
    onTestFinished(() => void vi.useRealTimers());
    const { schedule } = createClock(Date.now, () => undefined);
    const ran: number[] = [];
    schedule.after(2_000, async () => void ran.push(2));
    schedule.after(1_000, async () => void ran.push(1));
    await vi.advanceTimersByTimeAsync(999);
    expect(ran).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ran).toEqual([1]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ran).toEqual([1, 2]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
