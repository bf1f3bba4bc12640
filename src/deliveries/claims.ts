import type { ClaimResult } from './store.ts';

/** A delivery that is ours to handle. It ends with the first of these; nothing happens once its lease is another's. */
export interface Claim {
  /** It was handled: remember that for `ttlMs` milliseconds. @throws or rejects where that cannot be remembered. */
  complete(ttlMs: number): Promise<void> | void;
  /** It was not: let a retry in. @throws or rejects where that cannot be done. */
  release(): Promise<void> | void;
}

/** A claim, or why there is none. */
export type Claimed = Claim | Exclude<ClaimResult, 'claimed'>;

/** Where deliveries are claimed. A step that answers no promise is done. */
export interface Claims {
  /** Takes the delivery for `leaseMs` milliseconds, unless it is taken or done. @throws or rejects where it cannot. */
  claim(key: string, leaseMs: number): Promise<Claimed> | Claimed;
}
