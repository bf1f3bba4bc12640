import { describe, expect, it } from 'vitest';
import type { DeliveryStore } from '../../src/deliveries/store.ts';

/** A store under test, empty, and a way to let time pass for it. */
export interface StoreUnderTest {
  readonly store: DeliveryStore;
  /** Lets at least so many milliseconds pass: by a clock that the test holds, or by waiting. */
  passTime(milliseconds: number): Promise<void> | void;
}

const LONG_MS = 60_000;
// Short enough for a store whose time can only be waited for, long enough for its slowest step.
const SHORT_MS = 250;

/**
 * What every delivery store does, whatever it is made of. Each test gets a store of its own from `makeStore` and
 * uses keys that no other test uses.
 */
export function describeDeliveryStore(
  name: string,
  makeStore: () => Promise<StoreUnderTest> | StoreUnderTest,
): void {
  let unique = 0;
  const freshKey = (): string => {
    unique += 1;
    return `contract-${process.pid}-${Date.now()}-${unique}`;
  };

  describe(`${name} keeps the contract of a delivery store`, () => {
    it('a delivery is claimed once', async () => {
      const { store } = await makeStore();
      const key = freshKey();
      expect(await store.claim(key, 'first', LONG_MS)).toBe('claimed');
      expect(await store.claim(key, 'second', LONG_MS)).toBe('in_flight');
    });

    it('a claim sent again with its own token is the same claim or none, and lets nobody else in', async () => {
      const { store } = await makeStore();
      const key = freshKey();
      await store.claim(key, 'first', LONG_MS);
      expect(await store.claim(key, 'first', LONG_MS)).toBeOneOf(['claimed', 'in_flight']);
      expect(await store.claim(key, 'second', LONG_MS)).toBe('in_flight');
    });

    it('of fifty claims at the same moment one wins', async () => {
      const { store } = await makeStore();
      const key = freshKey();
      const claims = Array.from({ length: 50 }, (_, index) => store.claim(key, `token-${index}`, LONG_MS));
      const results = await Promise.all(claims);
      expect(results.filter((result) => result === 'claimed')).toHaveLength(1);
      expect(results.filter((result) => result === 'in_flight')).toHaveLength(49);
    });

    it('deliveries with different keys do not meet', async () => {
      const { store } = await makeStore();
      const [one, other] = [freshKey(), freshKey()];
      expect(await store.claim(one, 'token', LONG_MS)).toBe('claimed');
      expect(await store.claim(other, 'token', LONG_MS)).toBe('claimed');
      await store.complete(one, 'token', LONG_MS);
      expect(await store.claim(other, 'second', LONG_MS)).toBe('in_flight');
    });

    it('a completed delivery is done', async () => {
      const { store } = await makeStore();
      const key = freshKey();
      await store.claim(key, 'first', LONG_MS);
      await store.complete(key, 'first', LONG_MS);
      expect(await store.claim(key, 'second', LONG_MS)).toBe('done');
      expect(await store.claim(key, 'first', LONG_MS)).toBe('done');
    });

    it('a completed delivery stays done beyond the lease of its claim', async () => {
      const { store, passTime } = await makeStore();
      const key = freshKey();
      await store.claim(key, 'first', SHORT_MS);
      await store.complete(key, 'first', LONG_MS);
      await passTime(2 * SHORT_MS);
      expect(await store.claim(key, 'second', LONG_MS)).toBe('done');
    });

    it('a completed delivery is forgotten when its time is over', async () => {
      const { store, passTime } = await makeStore();
      const key = freshKey();
      await store.claim(key, 'first', LONG_MS);
      await store.complete(key, 'first', SHORT_MS);
      await passTime(2 * SHORT_MS);
      expect(await store.claim(key, 'second', LONG_MS)).toBe('claimed');
    });

    it('a released delivery is free at once', async () => {
      const { store } = await makeStore();
      const key = freshKey();
      await store.claim(key, 'first', LONG_MS);
      await store.release(key, 'first');
      expect(await store.claim(key, 'second', LONG_MS)).toBe('claimed');
    });

    it('a lease that ran out is free, and the new claim is held for its whole lease', async () => {
      const { store, passTime } = await makeStore();
      const key = freshKey();
      await store.claim(key, 'first', SHORT_MS);
      await passTime(2 * SHORT_MS);
      expect(await store.claim(key, 'second', LONG_MS)).toBe('claimed');
      await passTime(2 * SHORT_MS);
      expect(await store.claim(key, 'third', LONG_MS)).toBe('in_flight');
    });

    it('a refused claim makes the lease no longer', async () => {
      const { store, passTime } = await makeStore();
      const key = freshKey();
      await store.claim(key, 'first', SHORT_MS);
      expect(await store.claim(key, 'second', LONG_MS)).toBe('in_flight');
      await passTime(2 * SHORT_MS);
      expect(await store.claim(key, 'third', LONG_MS)).toBe('claimed');
    });

    it('release with another token does nothing', async () => {
      const { store } = await makeStore();
      const key = freshKey();
      await store.claim(key, 'first', LONG_MS);
      await store.release(key, 'second');
      expect(await store.claim(key, 'second', LONG_MS)).toBe('in_flight');
    });

    it('complete with another token does nothing', async () => {
      const { store } = await makeStore();
      const key = freshKey();
      await store.claim(key, 'first', LONG_MS);
      await store.complete(key, 'second', LONG_MS);
      expect(await store.claim(key, 'second', LONG_MS)).toBe('in_flight');
      await store.release(key, 'first');
      expect(await store.claim(key, 'second', LONG_MS)).toBe('claimed');
    });

    it('who lost the lease to another takes nothing from it', async () => {
      const { store, passTime } = await makeStore();
      const key = freshKey();
      await store.claim(key, 'first', SHORT_MS);
      await passTime(2 * SHORT_MS);
      await store.claim(key, 'second', LONG_MS);
      await store.release(key, 'first');
      await store.complete(key, 'first', LONG_MS);
      expect(await store.claim(key, 'third', LONG_MS)).toBe('in_flight');
      await store.complete(key, 'second', LONG_MS);
      expect(await store.claim(key, 'third', LONG_MS)).toBe('done');
    });

    it('a completed delivery is not released, nor is its memory changed, by its old token', async () => {
      const { store, passTime } = await makeStore();
      const key = freshKey();
      await store.claim(key, 'first', LONG_MS);
      await store.complete(key, 'first', LONG_MS);
      await store.release(key, 'first');
      await store.complete(key, 'first', SHORT_MS);
      await passTime(2 * SHORT_MS);
      expect(await store.claim(key, 'second', LONG_MS)).toBe('done');
    });

    it('complete and release of what was never claimed do nothing', async () => {
      const { store } = await makeStore();
      const key = freshKey();
      await store.complete(key, 'token', LONG_MS);
      await store.release(key, 'token');
      expect(await store.claim(key, 'token', LONG_MS)).toBe('claimed');
    });

    it('a released claim can be released and completed again without harm', async () => {
      const { store } = await makeStore();
      const key = freshKey();
      await store.claim(key, 'first', LONG_MS);
      await store.release(key, 'first');
      await store.release(key, 'first');
      await store.complete(key, 'first', LONG_MS);
      expect(await store.claim(key, 'second', LONG_MS)).toBe('claimed');
    });

    it.each([
      ['Arabic', 'طلب رقم ١٠٤٢'],
      ['a name that Object.prototype has', '__proto__'],
      ['separators and wildcards', 'a:b/c*?{d}[e]\\ %_'],
      ['quotes and a line break', `'; DROP TABLE x; --"\r\n`],
      ['a thousand characters', 'k'.repeat(1_000)],
    ])('a key may hold %s', async (_name, text) => {
      const { store } = await makeStore();
      const key = `${text}${freshKey()}`;
      expect(await store.claim(key, 'first', LONG_MS)).toBe('claimed');
      expect(await store.claim(`${key}x`, 'first', LONG_MS)).toBe('claimed');
      await store.complete(key, 'first', LONG_MS);
      expect(await store.claim(key, 'second', LONG_MS)).toBe('done');
    });
  });
}
