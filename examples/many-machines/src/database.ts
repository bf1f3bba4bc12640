import { Pool, type PoolClient } from 'pg';
import { deliveriesTable } from '../../../docs/recipes/postgres-delivery-store.ts';

/**
 * What a migration tool would run. A schema of its own, so that trying the example on a database of yours touches
 * nothing else in it.
 */
const CREATE_TABLES = `
  CREATE SCHEMA IF NOT EXISTS many_machines_example;
  SET search_path TO many_machines_example;
  ${deliveriesTable};
  CREATE TABLE IF NOT EXISTS customers (
    phone text PRIMARY KEY,
    unread integer NOT NULL DEFAULT 0
  );
  CREATE TABLE IF NOT EXISTS inbox (
    ticket integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    delivery_key text NOT NULL UNIQUE,
    phone text NOT NULL,
    message text NOT NULL
  );
  CREATE TABLE IF NOT EXISTS opt_outs (
    id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    delivery_key text NOT NULL,
    phone text NOT NULL,
    opted_out_at timestamptz NOT NULL
  );
  CREATE INDEX IF NOT EXISTS opt_outs_phone ON opt_outs (phone)`;

const EMPTY_TABLES = `
  TRUNCATE many_machines_example.customers, many_machines_example.inbox, many_machines_example.opt_outs,
    many_machines_example.whatsapp_deliveries RESTART IDENTITY`;

export interface PoolSettings {
  readonly databaseUrl: string;
  /** How many connections at the most. */
  readonly max: number;
}

export function openPool({ databaseUrl, max }: PoolSettings): Pool {
  const options = '-c search_path=many_machines_example';
  const pool = new Pool({ connectionString: databaseUrl, max, options });
  // Without a listener, a connection that breaks while nobody uses it ends the process.
  return pool.on('error', ({ message }) => {
    if (!pool.ending) console.error(`PostgreSQL: ${message}`);
  });
}

/** Before the first process starts: makes the tables, and begins anew on a database that an earlier run has used. */
export async function prepareDatabase(databaseUrl: string): Promise<void> {
  const pool = openPool({ databaseUrl, max: 1 });
  try {
    await pool.query(CREATE_TABLES);
    await pool.query(EMPTY_TABLES);
  } finally {
    await pool.end();
  }
}

/** Runs `work` in a transaction. */
export async function inTransaction<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on('error', onError);
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(onError);
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}
