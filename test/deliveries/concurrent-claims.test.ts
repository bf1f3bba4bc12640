import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliveriesTable } from '../../docs/recipes/postgres-delivery-store.ts';
import { startPostgres, type TestPostgres, whyNoPostgres } from '../support/postgres.ts';
import { startRedis, type TestRedis, whyNoRedis } from '../support/redis.ts';
import type { ClaimantSetup, ClaimantStore, RoundResult } from './claimant.ts';
import { startClaimants } from './claimants.ts';

const CLAIMS_PER_PROCESS = 50;
const ONE_WINS = { claimed: 1, in_flight: 199 };
const LEASE_MS = 60_000;
const TIMEOUT_MS = 300_000;

/** The rounds that did not end as they should, of so many, each about a delivery of its own. */
async function wrongRounds(setups: readonly ClaimantSetup[], rounds: number): Promise<RoundResult[]> {
  const claimants = await startClaimants(setups);
  const wrong: RoundResult[] = [];
  try {
    for (let index = 0; index < rounds; index += 1) {
      const key = `round-${index}`;
      const result = await claimants.round({ key, claims: CLAIMS_PER_PROCESS, leaseMs: LEASE_MS });
      if (result.claimed !== ONE_WINS.claimed || result.in_flight !== ONE_WINS.in_flight) wrong.push(result);
    }
  } finally {
    await claimants.kill();
  }
  return wrong;
}

const noRedis = whyNoRedis();
if (noRedis) console.warn(`Skipped, claims of several processes in Redis: ${noRedis}.`);

describe.skipIf(noRedis !== undefined)('two hundred claims at once, of four processes on one Redis', () => {
  let redis: TestRedis;

  beforeAll(async () => {
    redis = await startRedis();
  });

  afterAll(() => redis?.stop());

  function four(run: string, ...stores: readonly ClaimantStore[]): ClaimantSetup[] {
    return stores.map((store) => ({ store, url: redis.url, prefix: `${redis.prefix}${run}:` }));
  }

  it(
    'are won by one, each time, over a thousand rounds',
    async () => {
      const setups = four('atomic', 'ioredis', 'ioredis', 'node-redis', 'node-redis');
      expect(await wrongRounds(setups, 1_000)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'are won by several in a store that is not atomic, and this test sees it',
    async () => {
      const setups = four('careless', 'careless', 'careless', 'careless', 'careless');
      expect(await wrongRounds(setups, 10)).not.toEqual([]);
    },
    TIMEOUT_MS,
  );
});

const noPostgres = whyNoPostgres();
if (noPostgres) console.warn(`Skipped, claims of several processes in PostgreSQL: ${noPostgres}.`);

describe.skipIf(noPostgres !== undefined)(
  'two hundred claims at once, of four processes on one PostgreSQL',
  () => {
    let postgres: TestPostgres;

    beforeAll(async () => {
      postgres = await startPostgres();
      const pool = new Pool({ connectionString: postgres.url });
      pool.on('error', () => undefined);
      await pool.query(deliveriesTable);
      await pool.query('TRUNCATE whatsapp_deliveries');
      await pool.end();
    });

    afterAll(() => postgres?.stop());

    it(
      'are won by one, each time, over two hundred and fifty rounds',
      async () => {
        const setup: ClaimantSetup = { store: 'postgres', url: postgres.url, prefix: '' };
        expect(await wrongRounds([setup, setup, setup, setup], 250)).toEqual([]);
      },
      TIMEOUT_MS,
    );
  },
);
