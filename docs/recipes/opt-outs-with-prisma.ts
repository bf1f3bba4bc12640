/**
 * Opt-outs with Prisma: the webhook writes them, the sender reads them before every message. The two models are in
 * opt-outs-with-prisma.prisma.
 *
 * ```ts
 * const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }) });
 * const optOuts = prismaOptOuts(prisma);
 *
 * app.post('/webhooks/whatsapp-gateway', whatsappGatewayWebhook({
 *   secret: process.env.WHATSAPP_GATEWAY_WEBHOOK_SECRET,
 *   onOptOut: (_event, { phone, timestamp }) => optOuts.record(phone, timestamp),
 * }));
 * const sender = createSender({ isSuppressed: optOuts.has });
 * ```
 *
 * Pitfalls:
 * - `phone` is unique, but to the database `+966501234567` and `966501234567` are two values. `update` and `findUnique`
 *   see one of them: look for both.
 * - `update` throws P2025 where there is no such user, so that the opt-out of a stranger would fail at every retry.
 *   `updateMany` does not.
 * - A Prisma query runs when it is awaited. A handler that neither returns nor awaits it is answered with 200, and
 *   nothing was written.
 */
import type { PrismaClient } from './generated/prisma/client.ts';

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

export function prismaOptOuts(prisma: PrismaClient): OptOuts {
  return {
    async record(phone, at) {
      // Both or none. Whoever opts out is kept, user or not: a later sign-up with that number is not messaged.
      await prisma.$transaction([
        prisma.whatsAppOptOut.createMany({ data: { phone, optedOutAt: at }, skipDuplicates: true }),
        prisma.user.updateMany({
          where: { phone: { in: spellings(phone) }, whatsappOptedOutAt: null },
          data: { whatsappOptedOutAt: at },
        }),
      ]);
    },
    async has(phone) {
      const [optOuts, users] = await Promise.all([
        prisma.whatsAppOptOut.count({ where: { phone } }),
        prisma.user.count({ where: { phone: { in: spellings(phone) }, whatsappOptedOutAt: { not: null } } }),
      ]);
      return optOuts + users > 0;
    },
  };
}
