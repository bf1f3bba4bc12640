import type { Pool } from 'pg';
import { inTransaction } from './database.ts';

export interface IncomingMessage {
  readonly deliveryKey: string;
  readonly phone: string;
  readonly text: string;
}

const ADD = `
  INSERT INTO inbox (delivery_key, phone, message) VALUES ($1, $2, $3)
  ON CONFLICT (delivery_key) DO NOTHING
  RETURNING ticket`;

const COUNT = `
  INSERT INTO customers (phone, unread) VALUES ($1, 1)
  ON CONFLICT (phone) DO UPDATE SET unread = customers.unread + 1`;

const FIND = 'SELECT ticket FROM inbox WHERE delivery_key = $1';

/**
 * Keeps a message, once however often it runs: the queue runs an event again after a crash, so the delivery's key and
 * everything else that the message changes commit together.
 *
 * @returns the number of its ticket, the same for every run.
 */
export async function recordMessage(
  pool: Pool,
  { deliveryKey, phone, text }: IncomingMessage,
): Promise<number> {
  const added = await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ ticket: number }>(ADD, [deliveryKey, phone, text]);
    if (rows[0] !== undefined) await client.query(COUNT, [phone]);
    return rows[0];
  });
  const row = added ?? (await pool.query<{ ticket: number }>(FIND, [deliveryKey])).rows[0];
  if (row === undefined) throw new Error('The message is neither new nor in the inbox.');
  return row.ticket;
}
