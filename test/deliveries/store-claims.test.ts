import * as crypto from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeliveryStore } from '../../src/deliveries/store.ts';
import { StoreClaims } from '../../src/deliveries/store-claims.ts';
import { deferred } from '../support/deferred.ts';

const STORE_TIMEOUT_MS = 5_000;
const TOO_LATE = 'The delivery store took longer than 5000 ms.';

function storeOf(overrides: Partial<DeliveryStore> = {}) {
  return {
    claim: vi.fn<DeliveryStore['claim']>(overrides.claim ?? (async () => 'claimed')),
    complete: vi.fn<DeliveryStore['complete']>(overrides.complete ?? (async () => undefined)),
    release: vi.fn<DeliveryStore['release']>(overrides.release ?? (async () => undefined)),
  };
}

async function claimed(store: DeliveryStore) {
  const claim = await new StoreClaims(store).claim('key', 40_000);
  if (typeof claim === 'string') throw new Error(`It was ${claim}.`);
  return claim;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('StoreClaims', () => {
  it('completes and releases with the key and the token it claimed with', async () => {
    const store = storeOf();
    const claim = await claimed(store);
    await claim.complete(1_000);
    await claim.release();
    const token = store.claim.mock.calls[0]?.[1];
    expect(store.claim).toHaveBeenCalledExactlyOnceWith('key', token, 40_000);
    expect(store.complete).toHaveBeenCalledExactlyOnceWith('key', token, 1_000);
    expect(store.release).toHaveBeenCalledExactlyOnceWith('key', token);
  });

  it('takes a new token each time', async () => {
    const store = storeOf();
    await claimed(store);
    await claimed(store);
    expect(store.claim.mock.calls[0]?.[1]).not.toBe(store.claim.mock.calls[1]?.[1]);
  });

  it('takes no token that another copy of the module takes', async () => {
    const tokens = new Set<string | undefined>();
    for (let copy = 0; copy < 2; copy += 1) {
      vi.resetModules();
      const fresh = await import('../../src/deliveries/store-claims.ts');
      const store = storeOf();
      for (let claim = 0; claim < 3; claim += 1) await new fresh.StoreClaims(store).claim('key', 40_000);
      for (const [, token] of store.claim.mock.calls) tokens.add(token);
    }
    expect(tokens.size).toBe(6);
  });

  it('draws nothing before the first claim and nothing in advance, for a snapshot would keep it', async () => {
    const randomUUID = vi.fn(crypto.randomUUID);
    vi.resetModules();
    vi.doMock('node:crypto', () => ({ ...crypto, randomUUID }));
    try {
      const fresh = await import('../../src/deliveries/store-claims.ts');
      expect(randomUUID).not.toHaveBeenCalled();
      await new fresh.StoreClaims(storeOf()).claim('key', 40_000);
      await new fresh.StoreClaims(storeOf()).claim('key', 40_000);
      expect(randomUUID).toHaveBeenCalledExactlyOnceWith({ disableEntropyCache: true });
    } finally {
      vi.doUnmock('node:crypto');
    }
  });

  it.each(['in_flight', 'done'] as const)('answers %s and holds nothing', async (result) => {
    const store = storeOf({ claim: async () => result });
    expect(await new StoreClaims(store).claim('key', 1)).toBe(result);
    expect(store.release).not.toHaveBeenCalled();
  });

  it.each([undefined, null, true, 'OK', 1])('rejects when the store answers %s', async (result) => {
    const store = storeOf({ claim: async () => result as never });
    await expect(new StoreClaims(store).claim('key', 1)).rejects.toThrow(
      new TypeError(`The delivery store's claim answered ${result}, not claimed, in_flight or done.`),
    );
  });

  it('takes a store that answers without promises', async () => {
    const store = storeOf({
      claim: (() => 'claimed') as never,
      complete: (() => undefined) as never,
    });
    expect(await (await claimed(store)).complete(1)).toBeUndefined();
  });

  it('leaves no timer behind', async () => {
    await (await claimed(storeOf())).complete(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['rejects', async () => Promise.reject(new Error('down'))],
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
  ])('rejects when a step %s', async (_name, step) => {
    await expect(new StoreClaims(storeOf({ claim: step })).claim('key', 1)).rejects.toThrow('down');
    const claim = await claimed(storeOf({ complete: step, release: step }));
    await expect((async () => claim.complete(1))()).rejects.toThrow('down');
    await expect((async () => claim.release())()).rejects.toThrow('down');
  });

  it.each(['claim', 'complete', 'release'] as const)(
    'rejects when %s takes longer than five seconds',
    async (step) => {
      const store = storeOf({ [step]: () => new Promise(() => undefined) });
      const steps = {
        claim: () => new StoreClaims(store).claim('key', 1),
        complete: async () => (await claimed(store)).complete(1),
        release: async () => (await claimed(store)).release(),
      };
      const rejected = expect(steps[step]()).rejects.toThrow(TOO_LATE);
      await vi.advanceTimersByTimeAsync(STORE_TIMEOUT_MS);
      await rejected;
    },
  );

  it('releases a claim that came too late, so that the retry need not wait for the lease', async () => {
    const late = deferred<'claimed'>();
    const store = storeOf({ claim: () => late.promise });
    const rejected = expect(new StoreClaims(store).claim('key', 1)).rejects.toThrow(TOO_LATE);
    await vi.advanceTimersByTimeAsync(STORE_TIMEOUT_MS);
    await rejected;
    expect(store.release).not.toHaveBeenCalled();
    late.resolve('claimed');
    await vi.advanceTimersByTimeAsync(0);
    expect(store.release).toHaveBeenCalledExactlyOnceWith('key', store.claim.mock.calls[0]?.[1]);
  });

  it('waits no longer for a thenable that is no promise', async () => {
    // biome-ignore lint/suspicious/noThenProperty: a thenable on purpose
    const store = storeOf({ claim: (() => ({ then: () => undefined })) as never });
    const rejected = expect(new StoreClaims(store).claim('key', 1)).rejects.toThrow(TOO_LATE);
    await vi.advanceTimersByTimeAsync(STORE_TIMEOUT_MS);
    await rejected;
  });

  it('releases a claim whose answer got lost, as it may have been taken', async () => {
    const store = storeOf({ claim: vi.fn(async () => Promise.reject(new Error('connection lost'))) });
    await expect(new StoreClaims(store).claim('key', 1)).rejects.toThrow('connection lost');
    await vi.advanceTimersByTimeAsync(0);
    expect(store.release).toHaveBeenCalledExactlyOnceWith('key', store.claim.mock.calls[0]?.[1]);
  });

  it('leaves no rejection unhandled when a late claim fails, or its release does', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const late = deferred<'claimed'>();
    const failing = async () => Promise.reject(new Error('down'));
    const store = storeOf({ claim: () => late.promise, release: failing });
    const other = deferred<'claimed'>();
    const otherStore = storeOf({ claim: () => other.promise });
    const rejected = Promise.allSettled([
      new StoreClaims(store).claim('key', 1),
      new StoreClaims(otherStore).claim('key', 1),
    ]);
    await vi.advanceTimersByTimeAsync(STORE_TIMEOUT_MS);
    await rejected;
    late.resolve('claimed');
    other.reject(new Error('down'));
    vi.useRealTimers();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
