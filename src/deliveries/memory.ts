import { checkOptionNames, functionOption, integerOption } from '../options.ts';
import { DEFAULT_MEMORY_STORE_ENTRIES } from '../protocol.ts';
import { MemoryClaims } from './memory-claims.ts';
import type { ClaimResult, DeliveryStore } from './store.ts';

/** What {@link memoryDeliveryStore} takes. */
export interface MemoryDeliveryStoreOptions {
  /**
   * How many deliveries it holds; beyond that the one finished longest ago is forgotten.
   *
   * @default 10_000
   */
  maxEntries?: number | undefined;
  /**
   * The clock, in milliseconds since 1970.
   *
   * @default Date.now
   */
  now?: (() => number) | undefined;
}

/** A store in this process's memory. */
export interface MemoryDeliveryStore extends DeliveryStore {
  /** How many deliveries are held at this moment. */
  readonly size: number;
}

/**
 * Remembers deliveries in this process: right for one process, not for several, and empty again after a restart.
 * It keeps no timer; what ran out is dropped as new deliveries come. Webhooks that share one also share what was
 * handled: those with different handlers need one each.
 *
 * @throws TypeError when an option cannot be used.
 *
 * @example
 * whatsappGatewayWebhook({ secret, onMessage, deliveries: memoryDeliveryStore({ maxEntries: 50_000 }) });
 */
export function memoryDeliveryStore(options: Readonly<MemoryDeliveryStoreOptions> = {}): MemoryDeliveryStore {
  const owner = 'memoryDeliveryStore';
  checkOptionNames(owner, options, ['maxEntries', 'now']);
  const maxEntries = integerOption(owner, 'maxEntries', options.maxEntries, {
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    fallback: DEFAULT_MEMORY_STORE_ENTRIES,
    unit: 'deliveries',
  });
  const now = functionOption(owner, 'now', options.now) ?? Date.now;

  const claims = new MemoryClaims(maxEntries, now);
  return {
    get size(): number {
      return claims.size;
    },
    async claim(key: string, token: string, leaseMs: number): Promise<ClaimResult> {
      const claimed = claims.claim(key, leaseMs, token);
      return typeof claimed === 'string' ? claimed : 'claimed';
    },
    async complete(key: string, token: string, ttlMs: number): Promise<void> {
      claims.find(key, token)?.complete(ttlMs);
    },
    async release(key: string, token: string): Promise<void> {
      claims.find(key, token)?.release();
    },
  };
}
