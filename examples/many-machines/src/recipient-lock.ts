import type { Pool, PoolClient } from 'pg';

/**
 * A lock for each recipient. Sends share it while they are under way; an opt-out takes it alone. So an opt-out is
 * written, and answered with 200, only after the sends to this person that have begun are over, and a send that begins
 * later sees it.
 *
 * Locks of a transaction end with it, also where its process dies, and they work through a pooler such as PgBouncer.
 */
const SHARE = 'SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))';
const TAKE_ALONE = 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))';

/** A share of a recipient's lock. */
export interface HeldRecipient {
  /** Aborted when the lock is lost, with the connection to PostgreSQL. */
  readonly lost: AbortSignal;
  /** Lets go of it; never rejects. */
  release(): Promise<void>;
}

/** Waits for an opt-out that is being written, if there is one, and then holds off others. */
export async function holdRecipient(pool: Pool, phone: string): Promise<HeldRecipient> {
  const client = await pool.connect();
  const lost = new AbortController();
  let broken: Error | undefined;
  const onError = (error: Error): void => {
    broken = error;
    lost.abort(error);
  };
  client.on('error', onError);

  async function release(): Promise<void> {
    await client.query('COMMIT').catch(onError);
    client.off('error', onError);
    client.release(broken);
  }

  try {
    await client.query('BEGIN');
    await client.query(SHARE, [phone]);
  } catch (error) {
    await release();
    throw error;
  }
  return { lost: lost.signal, release };
}

/** In the transaction of an opt-out: waits for the sends to this person that are under way, and holds off others. */
export async function lockRecipient(client: PoolClient, phone: string): Promise<void> {
  await client.query(TAKE_ALONE, [phone]);
}
