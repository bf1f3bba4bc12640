import { Client } from 'pg';
import { startPostgres } from '../../../../test/support/postgres.ts';

/** A PostgreSQL with a new schema of that name, so that the tables of one test meet no others. */
export interface PostgresSchema {
  readonly url: string;
  readonly schema: string;
  stop(): Promise<void>;
}

async function run(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

/** Starts one, or takes the one that `DATABASE_URL` names. */
export async function startPostgresSchema(schema: string): Promise<PostgresSchema> {
  const postgres = await startPostgres();
  const drop = `DROP SCHEMA IF EXISTS ${schema} CASCADE`;
  await run(postgres.url, drop, `CREATE SCHEMA ${schema}`);
  return {
    url: postgres.url,
    schema,
    async stop() {
      await run(postgres.url, drop);
      await postgres.stop();
    },
  };
}
