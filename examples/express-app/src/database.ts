import { PGlite } from '@electric-sql/pglite';
import { drizzle as drizzleOnPostgres } from 'drizzle-orm/node-postgres';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { drizzle as drizzleOnPglite } from 'drizzle-orm/pglite';
import { Pool } from 'pg';
import { createTables } from './schema.ts';

export type Database = PgDatabase<PgQueryResultHKT>;

export interface OpenDatabase {
  db: Database;
  /** What it is, for people to read. */
  kind: string;
  close(): Promise<void>;
}

/** A real PostgreSQL where a URL is given, else an embedded one in this process's memory. */
export async function openDatabase(url?: string): Promise<OpenDatabase> {
  if (url) {
    const pool = new Pool({ connectionString: url });
    // Without a listener, a connection that breaks while nobody uses it ends the process.
    pool.on('error', (error) => console.error(`PostgreSQL: ${error.message}`));
    await pool.query(createTables);
    return { db: drizzleOnPostgres(pool), kind: 'PostgreSQL (DATABASE_URL)', close: () => pool.end() };
  }
  const pglite = new PGlite();
  await pglite.exec(createTables);
  return { db: drizzleOnPglite(pglite), kind: 'embedded PostgreSQL (PGlite)', close: () => pglite.close() };
}
