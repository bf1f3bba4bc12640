import knex from 'knex';
import { describe } from 'vitest';
import { whyNoPostgres } from '../../../test/support/postgres.ts';
import { createOptOutTables, knexOptOuts } from '../opt-outs-with-knex.ts';
import { once } from './support/once.ts';
import { describeOptOuts } from './support/opt-outs-contract.ts';
import { startPostgresSchema } from './support/postgres-schema.ts';

const noPostgres = whyNoPostgres();
if (noPostgres) console.warn(`Skipped, the Knex recipe: ${noPostgres}.`);

describe.skipIf(noPostgres !== undefined)('the Knex recipe, on a PostgreSQL server', () => {
  describeOptOuts(async () => {
    const { url, schema, stop } = await startPostgresSchema('recipe_knex');
    const db = knex({ client: 'pg', connection: url, searchPath: [schema] });
    await db.schema.createTable('users', (table) => {
      table.increments('id');
      table.text('phone').notNullable().unique();
    });
    await createOptOutTables(db);
    return {
      optOuts: knexOptOuts(db),
      clear: async () => {
        await db('users').delete();
        await db('whatsapp_opt_outs').delete();
      },
      addUser: (phone) => db('users').insert({ phone }),
      optedOutAt: async (phone) => {
        const user = await db('users').where({ phone }).first('whatsapp_opted_out_at');
        return user?.whatsapp_opted_out_at;
      },
      lose: once(async () => {
        await db.destroy();
        await stop();
      }),
    };
  });
});
