/**
 * A `DeliveryStore` on PostgreSQL in which a handler's own writes and "this delivery is done" commit together.
 *
 * The memory and Redis stores write down that a delivery is done after the handler has committed its work. A process
 * that dies between the two leaves work that is done and a delivery that is not, and a retry does the work again.
 * Here both are one transaction: after a crash at any moment both are there or neither is. Copy this file into your
 * app, run `deliveriesTable` in a migration, and write through the client that the handler is given:
 *
 * ```ts
 * const pool = new Pool({ connectionString: process.env.DATABASE_URL }).on('error', log.error);
 * const store = postgresDeliveryStore(pool);
 *
 * app.post('/webhooks/whatsapp-gateway', whatsappGatewayWebhook({
 *   secret,
 *   deliveries: store,
 *   onMessage: store.inTransaction(async (event, { phone }, client) => {
 *     await client.query('INSERT INTO inbox (phone, text) VALUES ($1, $2)', [phone, event.message_text]);
 *   }),
 *   onOptOut: store.inTransaction(async (_event, { phone }, client) => {
 *     const db = drizzle(client); // an ORM works, too, on this client
 *     await db.update(users).set({ optedOut: true }).where(eq(users.phone, phone));
 *   }),
 * }));
 *
 * setInterval(() => store.removeEnded().catch(log.error), 3_600_000).unref();
 * ```
 *
 * Only what goes through that client is once: an e-mail or an HTTP call from a handler is not. Write a row for it
 * and let a queue send it. Times are the database's own, so the machines' clocks do not matter.
 */
import type { ClaimResult, DeliveryStore } from 'express-whatsapp-gateway';
import type { Pool, PoolClient } from 'pg';

/** Run it once, in a migration. */
export const deliveriesTable = `
  CREATE TABLE IF NOT EXISTS whatsapp_deliveries (
    key text PRIMARY KEY,
    token text NOT NULL,
    lease_until timestamptz NOT NULL,
    done_until timestamptz
  )`;

// $3 is a number of milliseconds. A row whose time is over is as good as none.
const CLAIM = `
  WITH taken AS (
    INSERT INTO whatsapp_deliveries AS held (key, token, lease_until)
    VALUES ($1, $2, now() + $3 * interval '1 millisecond')
    ON CONFLICT (key) DO UPDATE SET token = excluded.token, lease_until = excluded.lease_until, done_until = NULL
    WHERE coalesce(held.done_until, held.lease_until) <= now()
    RETURNING 1
  )
  SELECT CASE
    WHEN EXISTS (SELECT FROM taken) THEN 'claimed'
    WHEN EXISTS (SELECT FROM whatsapp_deliveries WHERE key = $1 AND done_until > now()) THEN 'done'
    ELSE 'in_flight'
  END AS result`;

// In the handler's transaction. A second run of the same delivery waits here for the first, then finds no row.
// Until `complete` says how long it is to be remembered, it is remembered for good.
const FINISH = `
  UPDATE whatsapp_deliveries SET done_until = 'infinity' WHERE key = $1 AND done_until IS NULL`;

const COMPLETE = `
  UPDATE whatsapp_deliveries SET done_until = now() + $3 * interval '1 millisecond'
  WHERE key = $1 AND token = $2 AND (done_until IS NULL OR done_until = 'infinity')`;

const RELEASE = 'DELETE FROM whatsapp_deliveries WHERE key = $1 AND token = $2 AND done_until IS NULL';

const REMOVE_ENDED = 'DELETE FROM whatsapp_deliveries WHERE coalesce(done_until, lease_until) <= now()';

type Handler<Event, Context> = (event: Event, context: Context) => Promise<void>;
type TransactionHandler<Event, Context> = (event: Event, context: Context, client: PoolClient) => unknown;

export interface PostgresDeliveryStore extends DeliveryStore {
  /** Makes a handler of one that gets a client in a transaction, which commits when it is done. */
  inTransaction<Event, Context extends { readonly deliveryKey: string }>(
    handle: TransactionHandler<Event, Context>,
  ): Handler<Event, Context>;
  /** Removes what needs no longer be remembered: run it now and then. */
  removeEnded(): Promise<void>;
}

export function postgresDeliveryStore(pool: Pool): PostgresDeliveryStore {
  /** Runs `work` in a transaction. A connection that broke is not given back to the pool. */
  async function transaction(work: (client: PoolClient) => Promise<void>): Promise<void> {
    const client = await pool.connect();
    let broken: Error | undefined;
    const onError = (error: Error): void => {
      broken = error;
    };
    // Without a listener, a connection lost between two queries ends the process.
    client.on('error', onError);
    try {
      await client.query('BEGIN');
      await work(client);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK').catch(onError);
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  return {
    async claim(key, token, leaseMs) {
      const { rows } = await pool.query<{ result: ClaimResult }>(CLAIM, [key, token, leaseMs]);
      return rows[0]?.result ?? 'in_flight';
    },
    async complete(key, token, ttlMs) {
      await pool.query(COMPLETE, [key, token, ttlMs]);
    },
    async release(key, token) {
      await pool.query(RELEASE, [key, token]);
    },
    inTransaction: (handle) => (event, context) =>
      transaction(async (client) => {
        await handle(event, context, client);
        const { rowCount } = await client.query(FINISH, [context.deliveryKey]);
        if (rowCount !== 1) throw new Error('Another process has handled this delivery: this run is undone.');
      }),
    async removeEnded() {
      await pool.query(REMOVE_ENDED);
    },
  };
}
