import type { QueuedSendStatus } from 'express-whatsapp-gateway/bullmq';
import type { Pool } from 'pg';
import type { Plan } from './plan.ts';
import { EVENT_ID_FIELD, type Stage } from './stage.ts';

/** A message that had to be sent, with what the queue's record and the gateway's say of it. */
export interface LedgerSend {
  readonly id: string;
  readonly status: QueuedSendStatus | undefined;
  /** How often the gateway took it. */
  readonly taken: number;
  /** Whether its recipient opts out in this run. */
  readonly mayBeRefused: boolean;
}

/** An event, with what the gateway's record and the database say of it. */
export interface LedgerEvent {
  readonly id: string;
  readonly kind: 'message' | 'opt-out';
  /** Whether the gateway got its 200. */
  readonly answered: boolean;
  /** How many rows it left: in the inbox, or in the opt-outs. */
  readonly rows: number;
}

/** Everything that the count needs, from the gateway's own record, the database and the queue. */
export interface Ledger {
  readonly events: readonly LedgerEvent[];
  readonly sends: readonly LedgerSend[];
  /** How many messages customers' counters count beyond those in the inbox. */
  readonly extraUnread: number;
  /** Messages that the gateway took and that nobody had to send. */
  readonly unexpected: number;
}

const FIND_AT_ONCE = 200;

const UNREAD = `
  SELECT coalesce(sum(greatest(0, unread - found)), 0)::int AS extra
  FROM customers LEFT JOIN LATERAL (
    SELECT count(*) AS found FROM inbox WHERE inbox.phone = customers.phone
  ) AS inboxes ON true`;

async function countByKey(pool: Pool, table: 'inbox' | 'opt_outs'): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<{ key: string; count: number }>(
    `SELECT delivery_key AS key, count(*)::int AS count FROM ${table} GROUP BY delivery_key`,
  );
  return new Map(rows.map(({ key, count }) => [key, count]));
}

async function readTickets(pool: Pool): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<{ key: string; ticket: number }>(
    'SELECT delivery_key AS key, ticket FROM inbox',
  );
  return new Map(rows.map(({ key, ticket }) => [key, ticket]));
}

/** The texts of the example, told apart by their number. */
const ORDER = /^طلبك رقم (\d+) /u;
const REPLY = /ورقم تذكرتك (\d+)\.$/u;

/** Which send a text belongs to. */
function sendOf(text: string, keysByTicket: ReadonlyMap<number, string>): string {
  const order = ORDER.exec(text)?.[1];
  if (order !== undefined) return `order-${order}-shipped`;
  return `reply-${keysByTicket.get(Number(REPLY.exec(text)?.[1]))}`;
}

function idOf(event: unknown): string {
  return String(Reflect.get(Object(event), EVENT_ID_FIELD));
}

export async function readLedger(
  { gateway, queues, pool }: Pick<Stage, 'gateway' | 'queues' | 'pool'>,
  plan: Plan,
): Promise<Ledger> {
  const answered = new Set(
    gateway.deliveries.filter(({ state }) => state === 'delivered').map(({ event }) => idOf(event)),
  );
  const rows = { message: await countByKey(pool, 'inbox'), 'opt-out': await countByKey(pool, 'opt_outs') };
  const events = plan.events.map(({ id, kind }) => ({
    id,
    kind,
    answered: answered.has(id),
    rows: rows[kind].get(id) ?? 0,
  }));

  const tickets = await readTickets(pool);
  const keysByTicket = new Map([...tickets].map(([key, ticket]) => [ticket, key]));
  const taken = new Map<string, number>();
  for (const { message } of gateway.messages) {
    const id = sendOf(message, keysByTicket);
    taken.set(id, (taken.get(id) ?? 0) + 1);
  }

  const leaving = new Set(plan.events.filter(({ kind }) => kind === 'opt-out').map(({ phone }) => phone));
  const messages = plan.events.filter(({ kind }) => kind === 'message');
  const wanted = [
    ...messages.map(({ id, phone }) => ({ id: `reply-${id}`, phone })),
    ...plan.orders.map(({ number, phone }) => ({ id: `order-${number}-shipped`, phone })),
  ];
  const sends: LedgerSend[] = [];
  for (let from = 0; from < wanted.length; from += FIND_AT_ONCE) {
    const found = await Promise.all(
      wanted.slice(from, from + FIND_AT_ONCE).map(async ({ id, phone }) => ({
        id,
        status: await queues.sends.find(id),
        taken: taken.get(id) ?? 0,
        mayBeRefused: leaving.has(phone),
      })),
    );
    sends.push(...found);
  }
  const wantedIds = new Set(wanted.map(({ id }) => id));
  const unread = await pool.query<{ extra: number }>(UNREAD);
  return {
    events,
    sends,
    extraUnread: unread.rows[0]?.extra ?? 0,
    unexpected: [...taken.keys()].filter((id) => !wantedIds.has(id)).length,
  };
}
