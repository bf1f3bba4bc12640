/** What a store answers to a claim: it is ours to handle, somebody else handles it now, or it was handled. */
export type ClaimResult = 'claimed' | 'in_flight' | 'done';

/**
 * Remembers which deliveries are being handled and which were, so that each is handled once. Every step must be
 * atomic, and `complete` and `release` must do nothing when the claim is no longer held with that token.
 *
 * A step that rejects, or takes longer than five seconds, counts as `store_unavailable`.
 */
export interface DeliveryStore {
  /**
   * Takes the delivery for `leaseMs` milliseconds, unless it is taken or done. A lease that ran out is free again,
   * so that a process that died blocks nobody for long. Each claim has a token of its own, so a store whose client
   * sends a claim twice after it lost the connection may answer `claimed` to the same token again.
   */
  claim(key: string, token: string, leaseMs: number): Promise<ClaimResult>;
  /** The delivery is handled: remember that for `ttlMs` milliseconds. */
  complete(key: string, token: string, ttlMs: number): Promise<void>;
  /** The handler failed: let the retry in. */
  release(key: string, token: string): Promise<void>;
}
