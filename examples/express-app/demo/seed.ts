import type { Database } from '../src/database.ts';
import { orders, users, whatsappOptOuts } from '../src/schema.ts';

/** In the table without a plus sign, as half of all user tables have it; the gateway writes one. */
export const LAYLA = { name: 'ليلى', phone: '966501234567' };
export const NOURA = { name: 'نورة', phone: '+966551112233' };
export const ORDER_OF_LAYLA = 1042;
export const ORDER_OF_NOURA = 1043;

/** Begins anew, also on a database that an earlier run has used. */
export async function seed(db: Database): Promise<void> {
  await db.delete(orders);
  await db.delete(users);
  await db.delete(whatsappOptOuts);
  const [layla, noura] = await db.insert(users).values([LAYLA, NOURA]).returning();
  if (!layla || !noura) throw new Error('The users were not inserted.');
  await db.insert(orders).values([
    { id: ORDER_OF_LAYLA, userId: layla.id, status: 'preparing' },
    { id: ORDER_OF_NOURA, userId: noura.id, status: 'preparing' },
  ]);
}
