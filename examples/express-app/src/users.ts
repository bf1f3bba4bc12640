import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import type { Database } from './database.ts';
import { orders, users, whatsappOptOuts } from './schema.ts';

export type User = typeof users.$inferSelect;

/** The ways in which the users table may spell a number that is `+…` to us. */
function spellings(phone: string): string[] {
  return [phone, phone.slice(1)];
}

export async function findUser(db: Database, phone: string): Promise<User | undefined> {
  const [user] = await db
    .select()
    .from(users)
    .where(inArray(users.phone, spellings(phone)));
  return user;
}

/** Both tables or none: whoever opts out is kept, whether or not they are a user yet. */
export async function recordOptOut(db: Database, phone: string, at: Date): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.insert(whatsappOptOuts).values({ phone, optedOutAt: at }).onConflictDoNothing();
    await tx
      .update(users)
      .set({ whatsappOptedOutAt: at })
      .where(inArray(users.phone, spellings(phone)));
  });
}

export async function hasOptedOut(db: Database, phone: string): Promise<boolean> {
  const [user] = await db
    .select({ id: users.id })
    .from(users)
    .where(and(inArray(users.phone, spellings(phone)), isNotNull(users.whatsappOptedOutAt)));
  if (user) return true;
  const [optOut] = await db.select().from(whatsappOptOuts).where(eq(whatsappOptOuts.phone, phone));
  return optOut !== undefined;
}

export async function setOrderStatus(db: Database, id: number, status: string): Promise<User | undefined> {
  const [order] = await db.update(orders).set({ status }).where(eq(orders.id, id)).returning();
  if (!order) return undefined;
  const [user] = await db.select().from(users).where(eq(users.id, order.userId));
  return user;
}
