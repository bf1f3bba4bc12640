/**
 * Opt-outs with Knex: the webhook writes them, the sender reads them before every message.
 *
 * ```ts
 * const db = knex({ client: 'pg', connection: process.env.DATABASE_URL });
 * const optOuts = knexOptOuts(db);
 *
 * app.post('/webhooks/whatsapp-gateway', whatsappGatewayWebhook({
 *   secret: process.env.WHATSAPP_GATEWAY_WEBHOOK_SECRET,
 *   onOptOut: (_event, { phone, timestamp }) => optOuts.record(phone, timestamp),
 * }));
 * const sender = createSender({ isSuppressed: optOuts.has });
 * ```
 *
 * Pitfalls:
 * - A Knex query runs when it is awaited. A handler that neither returns nor awaits it is answered with 200, and
 *   nothing was written.
 * - `where({ phone })` sees one spelling. Your users may have typed `+966501234567` or `966501234567`: look for both.
 * - `update` answers 0 where there is no such user, and says nothing. That is no reason to forget the opt-out.
 */
import type { Knex } from 'knex';

/** A migration. Your users table exists already: it needs the one column. */
export async function createOptOutTables(db: Knex): Promise<void> {
  await db.schema.createTable('whatsapp_opt_outs', (table) => {
    // Every opt-out in E.164, also of people who are not users yet.
    table.text('phone').primary();
    table.timestamp('opted_out_at', { useTz: true }).notNullable();
  });
  await db.schema.alterTable('users', (table) => {
    table.timestamp('whatsapp_opted_out_at', { useTz: true });
  });
}

export interface OptOuts {
  /** Stores an opt-out. To be told twice changes nothing. */
  record(phone: string, at: Date): Promise<void>;
  /** Whether somebody must not be written to. */
  has(phone: string): Promise<boolean>;
}

/** The ways in which the users table may spell a number that is `+…` here. */
function spellings(phone: string): string[] {
  return [phone, phone.slice(1)];
}

export function knexOptOuts(db: Knex): OptOuts {
  return {
    async record(phone, at) {
      // Both or none. Whoever opts out is kept, user or not: a later sign-up with that number is not messaged.
      await db.transaction(async (trx) => {
        await trx('whatsapp_opt_outs').insert({ phone, opted_out_at: at }).onConflict('phone').ignore();
        await trx('users')
          .whereIn('phone', spellings(phone))
          .whereNull('whatsapp_opted_out_at')
          .update({ whatsapp_opted_out_at: at });
      });
    },
    async has(phone) {
      const optOut = await db('whatsapp_opt_outs').where({ phone }).first('phone');
      if (optOut !== undefined) return true;
      const user = await db('users')
        .whereIn('phone', spellings(phone))
        .whereNotNull('whatsapp_opted_out_at')
        .first('phone');
      return user !== undefined;
    },
  };
}
