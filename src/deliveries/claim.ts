import { randomUUID } from 'node:crypto';
import { inTime } from '../in-time.ts';
import { STORE_TIMEOUT_MS } from '../protocol.ts';
import type { ClaimResult, DeliveryStore } from './store.ts';

/** A delivery that is ours to handle; it ends with exactly one of the two. */
export interface Claim {
  /** It was handled. @throws whatever the store throws, or when the store takes too long. */
  complete(ttlMs: number): Promise<void>;
  /** It was not: let a retry in. @throws whatever the store throws, or when the store takes too long. */
  release(): Promise<void>;
}

function late(): never {
  throw new Error(`The delivery store took longer than ${STORE_TIMEOUT_MS} ms.`);
}

/**
 * Claims a delivery. A store that answers only after we gave up, or whose answer got lost, has its claim released
 * again, so that the retry we asked for does not wait for the lease to run out.
 *
 * @throws whatever the store throws, or when the store takes too long.
 */
export async function claimDelivery(
  store: DeliveryStore,
  key: string,
  leaseMs: number,
): Promise<Claim | Exclude<ClaimResult, 'claimed'>> {
  const token = randomUUID();
  const step = Promise.resolve(store.claim(key, token, leaseMs));
  let result: ClaimResult;
  try {
    result = await inTime(step, STORE_TIMEOUT_MS, late);
  } catch (error) {
    step
      .catch(() => undefined)
      .then(() => store.release(key, token))
      .catch(() => undefined);
    throw error;
  }
  if (result === 'in_flight' || result === 'done') return result;
  if (result !== 'claimed')
    throw new TypeError(
      `The delivery store's claim answered ${String(result)}, not claimed, in_flight or done.`,
    );
  return {
    complete: (ttlMs) => inTime(store.complete(key, token, ttlMs), STORE_TIMEOUT_MS, late),
    release: () => inTime(store.release(key, token), STORE_TIMEOUT_MS, late),
  };
}
