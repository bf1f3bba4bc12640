/**
 * A process of its own that claims deliveries, started by `claimants.ts`. It says when it is ready, then answers
 * each round with what its claims, all made at once, were answered.
 */
import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { postgresDeliveryStore } from '../../docs/recipes/postgres-delivery-store.ts';
import { redisDeliveryStore } from '../../src/deliveries/redis.ts';
import type { DeliveryStore } from '../../src/deliveries/store.ts';
import { type RedisClient, redisClients } from '../support/redis-clients.ts';

/** What a claimant claims in; `careless` looks first and claims then, which is what a store must not do. */
export type ClaimantStore = RedisClient['name'] | 'postgres' | 'careless';

/** What a claimant is told when it starts. */
export interface ClaimantSetup {
  readonly store: ClaimantStore;
  readonly url: string;
  readonly prefix: string;
}

/** One delivery to be claimed, and how often at once. */
export interface Round {
  readonly key: string;
  readonly claims: number;
  readonly leaseMs: number;
}

/** How many of a round's claims were answered with each word. */
export type RoundResult = Record<string, number>;

async function openStore({ store, url, prefix }: ClaimantSetup): Promise<Pick<DeliveryStore, 'claim'>> {
  if (store === 'postgres') return postgresDeliveryStore(new Pool({ connectionString: url, max: 5 }));
  const client = redisClients.find(({ name }) => name === (store === 'careless' ? 'ioredis' : store));
  if (client === undefined) throw new Error(`There is no store ${store}.`);
  const { sendCommand } = await client.connect(url);
  if (store !== 'careless') return redisDeliveryStore({ sendCommand, prefix });
  return {
    async claim(key, token, leaseMs) {
      if ((await sendCommand('GET', prefix + key)) !== null) return 'in_flight';
      await sendCommand('SET', prefix + key, token, 'PX', String(leaseMs));
      return 'claimed';
    },
  };
}

const store = await openStore(JSON.parse(process.argv[2] ?? '') as ClaimantSetup);
process.on('disconnect', () => process.exit());
process.on('message', async ({ key, claims, leaseMs }: Round) => {
  const all = Array.from({ length: claims }, () => store.claim(key, randomUUID(), leaseMs));
  const result: RoundResult = {};
  for (const { status, ...settled } of await Promise.allSettled(all)) {
    const word = status === 'fulfilled' && 'value' in settled ? settled.value : 'rejected';
    result[word] = (result[word] ?? 0) + 1;
  }
  process.send?.(result);
});
process.send?.('ready');
