import { describe, expect, it, vi } from 'vitest';
import { memoryDeliveryStore } from '../../src/deliveries/memory.ts';
import { describeDeliveryStore } from './store-contract.ts';

const MINUTE_MS = 60_000;

function storeWithClock(maxEntries?: number) {
  let at = 1_000_000;
  return {
    store: memoryDeliveryStore({ maxEntries, now: () => at }),
    passTime: (milliseconds: number) => {
      at += milliseconds;
    },
  };
}

describeDeliveryStore('memoryDeliveryStore', storeWithClock);

describe('memoryDeliveryStore', () => {
  it('stays at its bound of 10,000 however many deliveries are finished', async () => {
    const store = memoryDeliveryStore();
    for (let index = 0; index < 12_000; index += 1) {
      await store.claim(`key-${index}`, 'token', MINUTE_MS);
      await store.complete(`key-${index}`, 'token', MINUTE_MS);
    }
    expect(store.size).toBe(10_000);
    expect(await store.claim('key-11999', 'second', MINUTE_MS)).toBe('done');
    expect(await store.claim('key-2001', 'second', MINUTE_MS)).toBe('done');
    expect(await store.claim('key-0', 'second', MINUTE_MS)).toBe('claimed');
    expect(store.size).toBe(10_000);
  });

  it('forgets the delivery that was finished longest ago, not the one that was claimed first', async () => {
    const { store } = storeWithClock(3);
    for (const key of ['a', 'b', 'c']) await store.claim(key, 'token', MINUTE_MS);
    for (const key of ['c', 'a', 'b']) await store.complete(key, 'token', MINUTE_MS);
    await store.claim('d', 'token', MINUTE_MS);
    expect(await store.claim('a', 'second', MINUTE_MS)).toBe('done');
    expect(await store.claim('b', 'second', MINUTE_MS)).toBe('done');
    expect(await store.claim('c', 'second', MINUTE_MS)).toBe('claimed');
  });

  it('never forgets a delivery that is being handled', async () => {
    const { store } = storeWithClock(5);
    await store.claim('held', 'token', MINUTE_MS);
    for (let index = 0; index < 100; index += 1) {
      await store.claim(`key-${index}`, 'token', MINUTE_MS);
      await store.complete(`key-${index}`, 'token', MINUTE_MS);
    }
    expect(await store.claim('held', 'second', MINUTE_MS)).toBe('in_flight');
    expect(store.size).toBe(5);
  });

  it('refuses, rather than forgets, when all it holds is being handled', async () => {
    const { store, passTime } = storeWithClock(2);
    await store.claim('a', 'token', MINUTE_MS);
    await store.claim('b', 'token', MINUTE_MS);
    await expect(store.claim('c', 'token', MINUTE_MS)).rejects.toThrow(
      'The memory for deliveries is full: 2 are being handled at once. ' +
        'Pass deliveries: memoryDeliveryStore({ maxEntries }) with room for more.',
    );
    expect(await store.claim('a', 'second', MINUTE_MS)).toBe('in_flight');
    passTime(MINUTE_MS);
    expect(await store.claim('c', 'token', MINUTE_MS)).toBe('claimed');
    expect(store.size).toBe(1);
  });

  it('drops what was remembered long enough as new deliveries come, and lost leases for their room', async () => {
    const { store, passTime } = storeWithClock(20);
    for (let index = 0; index < 10; index += 1) {
      await store.claim(`done-${index}`, 'token', MINUTE_MS);
      await store.complete(`done-${index}`, 'token', MINUTE_MS);
      await store.claim(`lost-${index}`, 'token', MINUTE_MS);
    }
    expect(store.size).toBe(20);
    passTime(MINUTE_MS);
    for (let index = 0; index < 10; index += 1) await store.claim(`new-${index}`, 'token', MINUTE_MS);
    expect(store.size).toBe(20);
    await store.claim('one more', 'token', MINUTE_MS);
    expect(store.size).toBe(11);
  });

  it.each([1, MINUTE_MS])(
    'frees leases that ran out behind a longer one before it refuses, %i ms later',
    async (ms) => {
      const { store, passTime } = storeWithClock(3);
      await store.claim('long', 'token', 60 * MINUTE_MS);
      await store.claim('short', 'token', 1);
      await store.claim('shorter', 'token', 1);
      passTime(ms);
      expect(await store.claim('new', 'token', MINUTE_MS)).toBe('claimed');
      expect(await store.claim('long', 'second', MINUTE_MS)).toBe('in_flight');
    },
  );

  it('holds nothing any longer that ends at this moment, also behind what ends later', async () => {
    const { store, passTime } = storeWithClock();
    for (const [key, ttlMs] of [
      ['long', MINUTE_MS],
      ['short', 5],
    ] as const) {
      await store.claim(`leased ${key}`, 'token', ttlMs);
      await store.claim(`done ${key}`, 'token', MINUTE_MS);
      await store.complete(`done ${key}`, 'token', ttlMs);
    }
    passTime(4);
    expect(await store.claim('leased short', 'second', MINUTE_MS)).toBe('in_flight');
    expect(await store.claim('done short', 'second', MINUTE_MS)).toBe('done');
    passTime(1);
    expect(await store.claim('leased short', 'second', MINUTE_MS)).toBe('claimed');
    expect(await store.claim('done short', 'second', MINUTE_MS)).toBe('claimed');
  });

  it('keeps no timer', async () => {
    vi.useFakeTimers();
    try {
      const store = memoryDeliveryStore();
      await store.claim('a', 'token', MINUTE_MS);
      await store.complete('a', 'token', MINUTE_MS);
      await store.claim('b', 'token', MINUTE_MS);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each([
    [
      'maxEntries',
      0,
      'option maxEntries is 0. Give a whole number of deliveries from 1 to 9007199254740991, or leave it out for 10000.',
    ],
    ['maxEntries', Infinity, 'option maxEntries is Infinity.'],
    ['maxEntries', '5', 'option maxEntries is "5".'],
    ['now', 5, 'option now is 5. Give a function'],
    ['max', 5, 'there is no option "max"'],
    ['maxSize', 5, 'there is no option "maxSize"'],
  ])('refuses %s %j', (option, value, message) => {
    expect(() => memoryDeliveryStore({ [option]: value })).toThrow(TypeError);
    expect(() => memoryDeliveryStore({ [option]: value })).toThrow(`memoryDeliveryStore: ${message}`);
  });
});
