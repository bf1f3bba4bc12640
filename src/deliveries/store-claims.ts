import { randomUUID } from 'node:crypto';
import { inTime } from '../in-time.ts';
import { STORE_TIMEOUT_MS } from '../protocol.ts';
import type { Claim, Claimed, Claims } from './claims.ts';
import type { ClaimResult, DeliveryStore } from './store.ts';

let name: string | undefined;
let claims = 0;

/**
 * Claims are counted under a name that nobody else has, because to draw a token for each costs as much as the rest of a
 * claim. The name is drawn with the first one, and none in advance: processes started from one snapshot of V8 would
 * share what was drawn before it.
 */
function createToken(): string {
  name ??= randomUUID({ disableEntropyCache: true });
  claims += 1;
  return `${name}.${claims}`;
}

function late(): never {
  throw new Error(`The delivery store took longer than ${STORE_TIMEOUT_MS} ms.`);
}

/** A delivery that is ours to handle, in a store. */
class StoreClaim implements Claim {
  readonly #store: DeliveryStore;
  readonly #key: string;
  readonly #token: string;

  constructor(store: DeliveryStore, key: string, token: string) {
    this.#store = store;
    this.#key = key;
    this.#token = token;
  }

  complete(ttlMs: number): Promise<void> {
    return inTime(this.#store.complete(this.#key, this.#token, ttlMs), STORE_TIMEOUT_MS, late);
  }

  release(): Promise<void> {
    return inTime(this.#store.release(this.#key, this.#token), STORE_TIMEOUT_MS, late);
  }
}

/** Claims in a store of the app's own. */
export class StoreClaims implements Claims {
  readonly #store: DeliveryStore;

  constructor(store: DeliveryStore) {
    this.#store = store;
  }

  /**
   * A store that answers only after we gave up, or whose answer got lost, has its claim released again, so that the
   * retry we asked for does not wait for the lease to run out.
   */
  async claim(key: string, leaseMs: number): Promise<Claimed> {
    const token = createToken();
    const claim = new StoreClaim(this.#store, key, token);
    const step = this.#store.claim(key, token, leaseMs);
    let result: ClaimResult;
    try {
      result = await inTime(step, STORE_TIMEOUT_MS, late);
    } catch (error) {
      Promise.resolve(step)
        .catch(() => undefined)
        .then(() => claim.release())
        .catch(() => undefined);
      throw error;
    }
    if (result === 'claimed') return claim;
    if (result === 'in_flight' || result === 'done') return result;
    throw new TypeError(
      `The delivery store's claim answered ${String(result)}, not claimed, in_flight or done.`,
    );
  }
}
