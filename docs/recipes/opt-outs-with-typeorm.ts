/**
 * Opt-outs with TypeORM: the webhook writes them, the sender reads them before every message.
 *
 * ```ts
 * const dataSource = new DataSource({ type: 'postgres', url: process.env.DATABASE_URL, entities: [User, WhatsAppOptOut] });
 * const optOuts = typeormOptOuts(await dataSource.initialize());
 *
 * app.post('/webhooks/whatsapp-gateway', whatsappGatewayWebhook({
 *   secret: process.env.WHATSAPP_GATEWAY_WEBHOOK_SECRET,
 *   onOptOut: (_event, { phone, timestamp }) => optOuts.record(phone, timestamp),
 * }));
 * const sender = createSender({ isSuppressed: optOuts.has });
 * ```
 *
 * Pitfalls:
 * - `findOneBy({ phone })` sees one spelling. Your users may have typed `+966501234567` or `966501234567`: look for both,
 *   and with `update`, as there may be a row for each.
 * - `update` says nothing where there is no such user. That is no reason to forget the opt-out.
 * - `save` of an opt-out that is there already would move its date. `orIgnore` leaves it.
 * - On SQLite all share one connection: two transactions at the same moment fail with "cannot start a transaction".
 */
import {
  Column,
  type DataSource,
  Entity,
  In,
  IsNull,
  Not,
  PrimaryColumn,
  PrimaryGeneratedColumn,
} from 'typeorm';

@Entity('users')
export class User {
  @PrimaryGeneratedColumn()
  id!: number;

  /** As it was typed at sign-up: some with a plus sign, some without. */
  @Column({ type: 'text', unique: true })
  phone!: string;

  // On PostgreSQL, make the types of the dates `timestamptz`.
  @Column({ name: 'whatsapp_opted_out_at', type: 'datetime', nullable: true })
  whatsappOptedOutAt!: Date | null;
}

/** Every opt-out in E.164, also of people who are not users yet. */
@Entity('whatsapp_opt_outs')
export class WhatsAppOptOut {
  @PrimaryColumn({ type: 'text' })
  phone!: string;

  @Column({ name: 'opted_out_at', type: 'datetime' })
  optedOutAt!: Date;
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

export function typeormOptOuts({ manager }: DataSource): OptOuts {
  return {
    async record(phone, at) {
      // In this order no transaction is needed: `has` believes the first write alone, and where the second fails, the
      // gateway's retry does both again. Whoever opts out is kept, user or not.
      const optOut = { phone, optedOutAt: at };
      await manager.createQueryBuilder().insert().into(WhatsAppOptOut).values(optOut).orIgnore().execute();
      const users = { phone: In(spellings(phone)), whatsappOptedOutAt: IsNull() };
      await manager.update(User, users, { whatsappOptedOutAt: at });
    },
    async has(phone) {
      const users = { phone: In(spellings(phone)), whatsappOptedOutAt: Not(IsNull()) };
      return (await manager.existsBy(WhatsAppOptOut, { phone })) || (await manager.existsBy(User, users));
    },
  };
}
