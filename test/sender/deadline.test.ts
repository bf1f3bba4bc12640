import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pause, startDeadline, startTimer, untilStopped } from '../../src/sender/deadline.ts';

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
    const deadline = startDeadline(50, undefined);
    pass(49);
    expect([deadline.stop, deadline.signal.aborted]).toEqual([undefined, false]);
    pass(1);
    expect([deadline.stop, deadline.signal.aborted]).toEqual(['timeout', true]);
    expect(deadline.signal.reason).toEqual(new Error('The send took longer than timeoutMs.'));
  });

  test("ends with its caller's signal", () => {
    const controller = new AbortController();
    const deadline = startDeadline(50, controller.signal);
    expect(deadline.stop).toBeUndefined();
    controller.abort();
    expect(deadline.stop).toBe('aborted');
    expect(deadline.signal.reason).toEqual(new Error('The send was aborted.'));
  });

  test('has ended where the signal was aborted before', () => {
    expect(startDeadline(50, AbortSignal.abort()).stop).toBe('aborted');
  });

  test('can be ended from outside', () => {
    const deadline = startDeadline(50, undefined);
    deadline.end('closed');
    expect(deadline.stop).toBe('closed');
    expect(deadline.signal.reason).toEqual(new Error('The sender was closed.'));
  });

  test('ends once: what comes later changes nothing', () => {
    const controller = new AbortController();
    const deadline = startDeadline(50, controller.signal);
    deadline.end('closed');
    const { reason } = deadline.signal;
    controller.abort();
    pass(50);
    expect(deadline.stop).toBe('closed');
    expect(deadline.signal.reason).toBe(reason);
  });

  test('that was disposed of leaves neither timer nor listener', () => {
    const { signal } = new AbortController();
    const deadline = startDeadline(50, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    deadline.dispose();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
    expect(deadline.stop).toBeUndefined();
  });
});

describe('waiting', () => {
  test('for something answers it, and leaves no listener', async () => {
    const { signal } = new AbortController();
    expect(await untilStopped(Promise.resolve(7), signal)).toBe(7);
    await expect(untilStopped(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('for something goes no further than the signal', async () => {
    const controller = new AbortController();
    const waiting = untilStopped(new Promise(() => undefined), controller.signal);
    controller.abort(new Error('the end'));
    await expect(waiting).rejects.toThrow('the end');
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    await expect(untilStopped(new Promise(() => undefined), controller.signal)).rejects.toThrow('the end');
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  test('for a time ends with it', async () => {
    const waiting = pause(50, new AbortController().signal);
    const ended = vi.fn();
    waiting.then(ended);
    pass(49);
    await Promise.resolve();
    expect(ended).not.toHaveBeenCalled();
    pass(1);
    await waiting;
  });

  test('for a time ends with the signal, and leaves no timer', async () => {
    const controller = new AbortController();
    const waiting = pause(50, controller.signal);
    controller.abort(new Error('the end'));
    await expect(waiting).rejects.toThrow('the end');
    expect(vi.getTimerCount()).toBe(0);
    await expect(pause(50, controller.signal)).rejects.toThrow('the end');
    expect(vi.getTimerCount()).toBe(0);
  });
});
