import type { DeliveryStore } from '../../src/deliveries/store.ts';

/** A store that lets everything in, remembers nothing, and counts what was claimed. */
export interface CountingStore extends DeliveryStore {
  readonly claims: number;
}

export function countingStore(): CountingStore {
  let claims = 0;
  return {
    get claims() {
      return claims;
    },
    claim: async () => {
      claims += 1;
      return 'claimed';
    },
    complete: async () => undefined,
    release: async () => undefined,
  };
}
