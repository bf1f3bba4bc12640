import { type Aged, AgeOrder } from './age-order.ts';
import type { Claim, Claimed, Claims } from './claims.ts';

/** A delivery in memory: leased while it is handled, then done, then forgotten. */
export class MemoryClaim implements Claim, Aged<MemoryClaim> {
  order: AgeOrder<MemoryClaim> | undefined;
  older: MemoryClaim | undefined;
  newer: MemoryClaim | undefined;
  readonly key: string;
  readonly token: string | undefined;
  endsAt: number;
  readonly #claims: MemoryClaims;

  constructor(claims: MemoryClaims, key: string, token: string | undefined, endsAt: number) {
    this.#claims = claims;
    this.key = key;
    this.token = token;
    this.endsAt = endsAt;
  }

  complete(ttlMs: number): void {
    this.#claims.complete(this, ttlMs);
  }

  release(): void {
    this.#claims.release(this);
  }
}

/**
 * Claims in this process's memory. It keeps no timer; what was remembered long enough is dropped as new deliveries
 * come. A lease that ran out stays until somebody wants its delivery or its room, for its handler may still succeed.
 */
export class MemoryClaims implements Claims {
  readonly #maxEntries: number;
  readonly #now: () => number;
  readonly #held = new Map<string, MemoryClaim>();
  readonly #leased = new AgeOrder<MemoryClaim>();
  readonly #done = new AgeOrder<MemoryClaim>();

  constructor(maxEntries: number, now: () => number) {
    this.#maxEntries = maxEntries;
    this.#now = now;
  }

  /** How many deliveries are held at this moment. */
  get size(): number {
    return this.#held.size;
  }

  /** A `token` is for {@link find}. @throws Error when all that it may hold is being handled. */
  claim(key: string, leaseMs: number, token?: string): MemoryClaim | Exclude<Claimed, Claim> {
    const at = this.#now();
    this.#dropForgotten(at);
    const known = this.#held.get(key);
    if (known !== undefined) {
      if (known.endsAt > at) return known.order === this.#done ? 'done' : 'in_flight';
      this.#forget(known);
    }
    this.#makeRoom(at);
    const claim = new MemoryClaim(this, key, token, at + leaseMs);
    this.#held.set(key, claim);
    this.#leased.add(claim);
    return claim;
  }

  /** The claim that is held with that token. */
  find(key: string, token: string): MemoryClaim | undefined {
    const held = this.#held.get(key);
    return held?.token === token ? held : undefined;
  }

  /** Does nothing when the claim was completed, released or forgotten before. */
  complete(claim: MemoryClaim, ttlMs: number): void {
    if (claim.order !== this.#leased) return;
    claim.endsAt = this.#now() + ttlMs;
    this.#leased.remove(claim);
    this.#done.add(claim);
  }

  /** Does nothing when the claim was completed, released or forgotten before. */
  release(claim: MemoryClaim): void {
    if (claim.order === this.#leased) this.#forget(claim);
  }

  #forget(claim: MemoryClaim): void {
    this.#held.delete(claim.key);
    claim.order?.remove(claim);
  }

  #dropForgotten(at: number): void {
    let { oldest } = this.#done;
    while (oldest !== undefined && oldest.endsAt <= at) {
      this.#forget(oldest);
      oldest = this.#done.oldest;
    }
  }

  #makeRoom(at: number): void {
    if (this.#held.size < this.#maxEntries) return;
    // Leases of different lengths: one that ended may stand behind one that did not.
    for (const leased of this.#leased) {
      if (leased.endsAt <= at) this.#forget(leased);
    }
    if (this.#held.size < this.#maxEntries) return;
    const { oldest } = this.#done;
    if (oldest === undefined) {
      const { size } = this.#held;
      throw new Error(
        `The memory for deliveries is full: ${size} are being handled at once. ` +
          'Pass deliveries: memoryDeliveryStore({ maxEntries }) with room for more.',
      );
    }
    this.#forget(oldest);
  }
}
