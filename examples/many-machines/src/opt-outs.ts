import type { Pool, PoolClient } from 'pg';
import { lockRecipient } from './recipient-lock.ts';

export interface OptOut {
  /** In E.164 with a plus sign, as the middleware's `context.phone` is. */
  readonly phone: string;
  readonly at: Date;
  readonly deliveryKey: string;
}

/** Also of people who are no customers yet: a later sign-up with the number must not be messaged. */
export async function recordOptOut(client: PoolClient, { phone, at, deliveryKey }: OptOut): Promise<void> {
  await lockRecipient(client, phone);
  await client.query('INSERT INTO opt_outs (delivery_key, phone, opted_out_at) VALUES ($1, $2, $3)', [
    deliveryKey,
    phone,
    at,
  ]);
}

export async function hasOptedOut(pool: Pool, phone: string): Promise<boolean> {
  const { rowCount } = await pool.query('SELECT FROM opt_outs WHERE phone = $1 LIMIT 1', [phone]);
  return rowCount === 1;
}
