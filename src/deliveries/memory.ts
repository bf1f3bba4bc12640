import { checkOptionNames, functionOption, integerOption } from '../options.ts';
import { DEFAULT_MEMORY_STORE_ENTRIES } from '../protocol.ts';
import { Oldest } from './oldest.ts';
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

interface Lease {
  readonly token: string;
  readonly endsAt: number;
}

/**
 * Remembers deliveries in this process: right for one process, not for several, and empty again after a restart.
 * It keeps no timer; what ran out is dropped as new deliveries come.
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

  // A Map keeps the order of insertion, so the first entries are those that end first.
  const leases = new Map<string, Lease>();
  const doneUntil = new Map<string, number>();
  const longestDone = new Oldest(doneUntil);

  function dropEnded(at: number): void {
    for (const [key, { endsAt }] of leases) {
      if (endsAt > at) break;
      leases.delete(key);
    }
    for (let done = longestDone.find(); done !== undefined && done[1] <= at; done = longestDone.find()) {
      doneUntil.delete(done[0]);
    }
  }

  function makeRoom(at: number): void {
    if (leases.size + doneUntil.size < maxEntries) return;
    // Leases of different lengths: one that ended may stand behind one that did not.
    for (const [key, { endsAt }] of leases) {
      if (endsAt <= at) leases.delete(key);
    }
    if (leases.size + doneUntil.size < maxEntries) return;
    const oldest = longestDone.find();
    if (oldest === undefined) {
      throw new Error(
        `memoryDeliveryStore: ${leases.size} deliveries are being handled at once. Raise maxEntries (${maxEntries}).`,
      );
    }
    doneUntil.delete(oldest[0]);
  }

  return {
    get size(): number {
      return leases.size + doneUntil.size;
    },
    async claim(key: string, token: string, leaseMs: number): Promise<ClaimResult> {
      const at = now();
      dropEnded(at);
      if ((doneUntil.get(key) ?? 0) > at) return 'done';
      if ((leases.get(key)?.endsAt ?? 0) > at) return 'in_flight';
      leases.delete(key);
      doneUntil.delete(key);
      makeRoom(at);
      leases.set(key, { token, endsAt: at + leaseMs });
      return 'claimed';
    },
    async complete(key: string, token: string, ttlMs: number): Promise<void> {
      if (leases.get(key)?.token !== token) return;
      leases.delete(key);
      doneUntil.set(key, now() + ttlMs);
    },
    async release(key: string, token: string): Promise<void> {
      if (leases.get(key)?.token === token) leases.delete(key);
    },
  };
}
