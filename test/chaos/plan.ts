import type { createRandom } from '../../src/emulator/random.ts';

type Random = ReturnType<typeof createRandom>;

/** An event that the gateway delivers. */
export interface PlannedEvent {
  /** The gateway's own id of it, which retries share. */
  readonly id: string;
  readonly kind: 'message' | 'opt-out';
  /** In E.164. */
  readonly phone: string;
  /** As the event spells it: with or without a plus sign. */
  readonly from: string;
}

/** A message that the shop wants to send, about an order. */
export interface PlannedOrder {
  readonly number: number;
  readonly phone: string;
}

/** What belongs together is delivered at about the same time. */
export interface Scene {
  readonly events: readonly PlannedEvent[];
  /** Shipped while they are delivered. */
  readonly order: PlannedOrder | undefined;
}

export interface Plan {
  readonly scenes: readonly Scene[];
  readonly events: readonly PlannedEvent[];
  readonly orders: readonly PlannedOrder[];
}

const EVENTS_PER_OPT_OUT = 10;
const EVENTS_PER_CUSTOMER = 8;
const FIRST_ORDER = 1_000_000;
const PHONE_DIGITS = 8;

function phoneOf(number: number): string {
  return `+9665${String(number).padStart(PHONE_DIGITS, '0')}`;
}

/** Whether a customer opts out in a run of so many events: those who do have the first numbers. */
export function isLeaving(phone: string, events: number): boolean {
  return Number(phone.slice(-PHONE_DIGITS)) < Math.floor(events / EVENTS_PER_OPT_OUT);
}

/** The same items in another order. */
export function shuffle<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

/**
 * Every tenth event is an opt-out: its customer writes twice before and once after it, and an order of theirs is
 * shipped at the same time, so that sends and the opt-out race. The other events are messages of customers who stay.
 * Every message is replied to, so there are as many sends as events: the messages, and an order for each opt-out.
 */
export function makePlan(count: number, random: Random): Plan {
  let eventNumber = 0;
  function event(kind: PlannedEvent['kind'], phone: string): PlannedEvent {
    eventNumber += 1;
    return { id: `event-${eventNumber}`, kind, phone, from: random() < 0.5 ? phone : phone.slice(1) };
  }

  const optOutCount = Math.floor(count / EVENTS_PER_OPT_OUT);
  const leaving = Array.from({ length: optOutCount }, (_, index): Scene => {
    const phone = phoneOf(index);
    const kinds = ['message', 'message', 'opt-out', 'message'] as const;
    return {
      events: kinds.map((kind) => event(kind, phone)),
      order: { number: FIRST_ORDER + index, phone },
    };
  });
  const stayingCount = count - eventNumber;
  const customers = Math.max(1, Math.floor(stayingCount / EVENTS_PER_CUSTOMER));
  const staying = Array.from({ length: stayingCount }, (): Scene => {
    const phone = phoneOf(optOutCount + Math.floor(random() * customers));
    return { events: [event('message', phone)], order: undefined };
  });

  const scenes = shuffle([...leaving, ...staying], random);
  return {
    scenes,
    events: scenes.flatMap(({ events }) => events),
    orders: scenes.flatMap(({ order }) => (order === undefined ? [] : [order])),
  };
}
