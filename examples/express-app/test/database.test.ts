import { Client } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { startPostgres, whyNoPostgres } from '../../../test/support/postgres.ts';
import { openDatabase } from '../src/database.ts';
import { hasOptedOut, recordOptOut } from '../src/users.ts';

const PHONE = '+966501234567';
/** So that no connection of others is ended. */
const NAME = 'express-app-example-test';

const noPostgres = whyNoPostgres();
if (noPostgres) console.warn(`Skipped, the example's connections to a PostgreSQL server: ${noPostgres}.`);

it.skipIf(noPostgres !== undefined)('outlives connections that break while nobody uses them', async () => {
  const postgres = await startPostgres();
  onTestFinished(() => postgres.stop());
  const url = new URL(postgres.url);
  url.searchParams.set('application_name', NAME);
  const database = await openDatabase(url.href);
  onTestFinished(() => database.close());
  await recordOptOut(database.db, PHONE, new Date());
  const operator = new Client({ connectionString: postgres.url });
  await operator.connect();
  const ended = await operator.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1',
    [NAME],
  );
  await operator.end();
  expect(ended.rowCount).toBeGreaterThan(0);
  // The broken ones may still be handed out for a moment.
  await expect.poll(() => hasOptedOut(database.db, PHONE).catch(() => undefined)).toBe(true);
});
