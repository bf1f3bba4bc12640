import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Deadline, pause, startTimer, untilStopped } from '../../src/sender/deadline.ts';

let now = 0;

beforeEach(() => {
  now = 1_000.25;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Lets the timers run as if so much time had passed, of which a clock that is finer saw a little less or more. */
function pass(timersMs: number, clockMs = timersMs): void {
  now += clockMs;
  vi.advanceTimersByTime(timersMs);
}

describe('a timer', () => {
  test('calls back once, when its time has passed', () => {
    const onElapsed = vi.fn();
    startTimer(50, onElapsed);
    pass(49);
    expect(onElapsed).not.toHaveBeenCalled();
    pass(1);
    expect(onElapsed).toHaveBeenCalledOnce();
    pass(1_000);
    expect(onElapsed).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('that fires early waits for the rest', () => {
    const onElapsed = vi.fn();
    startTimer(50, onElapsed);
    pass(50, 48.5);
    expect(onElapsed).not.toHaveBeenCalled();
    pass(1, 1);
    expect(onElapsed).not.toHaveBeenCalled();
    pass(1, 1);
    expect(onElapsed).toHaveBeenCalledOnce();
  });

  test('can be stopped, also while it waits for the rest', () => {
    const onElapsed = vi.fn();
    startTimer(50, onElapsed)();
    const stop = startTimer(50, onElapsed);
    pass(50, 49.5);
    stop();
    expect(vi.getTimerCount()).toBe(0);
    pass(1_000);
    expect(onElapsed).not.toHaveBeenCalled();
  });
});

describe('a deadline', () => {
  test('ends with its time', () => {
    const deadline = new Deadline(50, undefined);
    pass(49);
    expect([deadline.stop, deadline.signal.aborted]).toEqual([undefined, false]);
    pass(1);
    expect([deadline.stop, deadline.signal.aborted]).toEqual(['timeout', true]);
    expect(deadline.signal.reason).toEqual(new Error('The send took longer than timeoutMs.'));
  });

  test("ends with its caller's signal", () => {
    const controller = new AbortController();
    const deadline = new Deadline(50, controller.signal);
    expect(deadline.stop).toBeUndefined();
    controller.abort();
    expect(deadline.stop).toBe('aborted');
    expect(deadline.signal.reason).toEqual(new Error('The send was aborted.'));
  });

  test('has ended where the signal was aborted before', () => {
    expect(new Deadline(50, AbortSignal.abort()).stop).toBe('aborted');
  });

  test('can be ended from outside', () => {
    const deadline = new Deadline(50, undefined);
    deadline.end('closed');
    expect(deadline.stop).toBe('closed');
    expect(deadline.signal.reason).toEqual(new Error('The sender was closed.'));
  });

  test('ends once: what comes later changes nothing', () => {
    const controller = new AbortController();
    const deadline = new Deadline(50, controller.signal);
    deadline.end('closed');
    const { reason } = deadline.signal;
    controller.abort();
    pass(50);
    expect(deadline.stop).toBe('closed');
    expect(deadline.signal.reason).toBe(reason);
  });

  test('has a signal that tells also those who ask for it late', () => {
    const deadline = new Deadline(50, undefined);
    deadline.end('closed');
    expect(deadline.signal.aborted).toBe(true);
    expect(deadline.signal.reason).toEqual(new Error('The sender was closed.'));
    expect(deadline.signal).toBe(deadline.signal);
  });

  test('tells what is waited for, once, and after its signal', () => {
    const deadline = new Deadline(50, undefined);
    const stop = vi.fn(() => expect([deadline.stop, signal.aborted]).toEqual(['timeout', true]));
    const { signal } = deadline;
    deadline.waiting = { stop };
    pass(50);
    deadline.end('closed');
    expect(stop).toHaveBeenCalledOnce();
  });

  test('that was disposed of leaves neither timer nor listener', () => {
    const { signal } = new AbortController();
    const deadline = new Deadline(50, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    deadline.dispose();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
    expect(deadline.stop).toBeUndefined();
  });
});

describe('waiting', () => {
  test('for something answers it', async () => {
    const deadline = new Deadline(50, undefined);
    expect(await untilStopped(Promise.resolve(7), deadline)).toBe(7);
    await expect(untilStopped(Promise.reject(new Error('no')), deadline)).rejects.toThrow('no');
    expect(deadline.waiting).toBeUndefined();
  });

  test('for something that only looks like a promise answers it, too', async () => {
    const deadline = new Deadline(50, undefined);
    // biome-ignore lint/suspicious/noThenProperty: that is what is tested.
    const thenable: PromiseLike<number> = { then: (onAnswer) => Promise.resolve(8).then(onAnswer) };
    expect(await untilStopped(thenable, deadline)).toBe(8);
  });

  test('for something goes no further than the deadline', async () => {
    const deadline = new Deadline(50, undefined);
    const waiting = untilStopped(new Promise(() => undefined), deadline);
    deadline.end('closed');
    await expect(waiting).rejects.toThrow('The send has to end.');
    expect(deadline.waiting).toBeUndefined();
    await expect(untilStopped(new Promise(() => undefined), deadline)).rejects.toThrow(
      'The send has to end.',
    );
  });

  test('for a time ends with it', async () => {
    const deadline = new Deadline(1_000, undefined);
    const waiting = pause(50, deadline);
    const ended = vi.fn();
    waiting.then(ended);
    pass(49);
    await Promise.resolve();
    expect(ended).not.toHaveBeenCalled();
    pass(1);
    await waiting;
    expect(deadline.waiting).toBeUndefined();
  });

  test('for a time ends with the deadline, and leaves no timer', async () => {
    const deadline = new Deadline(1_000, undefined);
    const waiting = pause(50, deadline);
    deadline.end('closed');
    await waiting;
    expect(deadline.waiting).toBeUndefined();
    deadline.dispose();
    expect(vi.getTimerCount()).toBe(0);
    await pause(50, deadline);
    expect(vi.getTimerCount()).toBe(0);
  });
});
