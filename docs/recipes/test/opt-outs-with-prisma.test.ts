import { PrismaPg } from '@prisma/adapter-pg';
import { describe } from 'vitest';
import { whyNoPostgres } from '../../../test/support/postgres.ts';
import { PrismaClient } from '../generated/prisma/client.ts';
import { prismaOptOuts } from '../opt-outs-with-prisma.ts';
import { once } from './support/once.ts';
import { describeOptOuts } from './support/opt-outs-contract.ts';
import { startPostgresSchema } from './support/postgres-schema.ts';

const noPostgres = whyNoPostgres();
if (noPostgres) console.warn(`Skipped, the Prisma recipe: ${noPostgres}.`);

// What `prisma migrate` makes of the schema; it needs an engine that is fetched from elsewhere.
const TABLES = [
  'CREATE TABLE recipe_prisma.users (id serial PRIMARY KEY, phone text UNIQUE NOT NULL, whatsapp_opted_out_at timestamptz)',
  'CREATE TABLE recipe_prisma.whatsapp_opt_outs (phone text PRIMARY KEY, opted_out_at timestamptz NOT NULL)',
];

describe.skipIf(noPostgres !== undefined)('the Prisma recipe, on a PostgreSQL server', () => {
  describeOptOuts(async () => {
    const { url, schema, stop } = await startPostgresSchema('recipe_prisma');
    const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url }, { schema }) });
    for (const table of TABLES) await prisma.$executeRawUnsafe(table);
    return {
      optOuts: prismaOptOuts(prisma),
      clear: () => prisma.$transaction([prisma.user.deleteMany(), prisma.whatsAppOptOut.deleteMany()]),
      addUser: (phone) => prisma.user.create({ data: { phone } }),
      optedOutAt: async (phone) => {
        const user = await prisma.user.findUnique({ where: { phone } });
        return user?.whatsappOptedOutAt;
      },
      lose: once(async () => {
        // A disconnected client connects again: the server itself has to go.
        await prisma.$disconnect();
        await stop();
      }),
    };
  });
});
