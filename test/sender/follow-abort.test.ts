import { getEventListeners } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { followAbort } from '../../src/sender/follow-abort.ts';

function listeners(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length;
}

describe('who follows a signal', () => {
  test('is told of its abort, all with one listener', () => {
    const controller = new AbortController();
    const told = [vi.fn(), vi.fn()];
    for (const onAbort of told) followAbort(controller.signal, onAbort);
    expect(listeners(controller.signal)).toBe(1);
    controller.abort();
    for (const onAbort of told) expect(onAbort).toHaveBeenCalledOnce();
  });

  test('is told once for each time that it follows', () => {
    const controller = new AbortController();
    const onAbort = vi.fn();
    const end = followAbort(controller.signal, onAbort);
    followAbort(controller.signal, onAbort);
    end();
    controller.abort();
    expect(onAbort).toHaveBeenCalledOnce();
  });

  test('is told nothing any more once it ended that, and the last one takes the listener away', () => {
    const controller = new AbortController();
    const [first, second] = [vi.fn(), vi.fn()];
    const endFirst = followAbort(controller.signal, first);
    const endSecond = followAbort(controller.signal, second);
    endFirst();
    expect(listeners(controller.signal)).toBe(1);
    endSecond();
    expect(listeners(controller.signal)).toBe(0);
    controller.abort();
    expect([first.mock.calls, second.mock.calls]).toEqual([[], []]);
  });

  test('can end that twice without harm to those who follow since', () => {
    const controller = new AbortController();
    const end = followAbort(controller.signal, vi.fn());
    end();
    const later = vi.fn();
    followAbort(controller.signal, later);
    end();
    expect(listeners(controller.signal)).toBe(1);
    controller.abort();
    expect(later).toHaveBeenCalledOnce();
  });

  test('can end that while all are told, and keeps nobody from being told', () => {
    const controller = new AbortController();
    const ends: (() => void)[] = [];
    const told = [vi.fn(() => ends[1]?.()), vi.fn()];
    for (const onAbort of told) ends.push(followAbort(controller.signal, onAbort));
    controller.abort();
    for (const onAbort of told) expect(onAbort).toHaveBeenCalledOnce();
  });

  test('one signal learns nothing of another', () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const [onOne, onOther] = [vi.fn(), vi.fn()];
    followAbort(one.signal, onOne);
    followAbort(other.signal, onOther);
    one.abort();
    expect(onOne).toHaveBeenCalledOnce();
    expect(onOther).not.toHaveBeenCalled();
  });
});
