import type { DeliveryJson, RequestJson } from '../../control/json-types.ts';

/** One line of the traffic: an event on its way to the app, or a request of the app. */
export type TrafficRecord =
  | { readonly kind: 'delivery'; readonly key: string; readonly value: DeliveryJson }
  | { readonly kind: 'request'; readonly key: string; readonly value: RequestJson };

/** How a line came out: what colour and word it gets. */
export type Outcome = 'good' | 'bad' | 'waiting';

const LEAST_BAD_STATUS = 400;
const OTHER_THAN_DIGITS = /[^0-9]/gu;

/** The key of a delivery's record; ids of the two kinds may be equal. */
export function deliveryKey(id: string): string {
  return `delivery:${id}`;
}

export function deliveryRecord(value: DeliveryJson): TrafficRecord {
  return { kind: 'delivery', key: deliveryKey(value.id), value };
}

export function requestRecord(value: RequestJson): TrafficRecord {
  return { kind: 'request', key: `request:${value.id}`, value };
}

/** A phone as the page compares it: `from` may come with or without its plus. */
export function withPlus(phone: string): string {
  return `+${phone.replace(OTHER_THAN_DIGITS, '')}`;
}

/** Whose conversation a record belongs to. */
export function recordPhone(record: TrafficRecord): string | null {
  const phone = record.kind === 'delivery' ? record.value.from : record.value.phone;
  return phone === null || phone === '' ? null : withPlus(phone);
}

function requestOutcome({ answer, code }: RequestJson): Outcome {
  const refused = code !== null || answer === null || answer.status >= LEAST_BAD_STATUS;
  return refused ? 'bad' : 'good';
}

function deliveryOutcome({ state }: DeliveryJson): Outcome {
  if (state === 'pending') return 'waiting';
  return state === 'delivered' ? 'good' : 'bad';
}

export function recordOutcome(record: TrafficRecord): Outcome {
  return record.kind === 'delivery' ? deliveryOutcome(record.value) : requestOutcome(record.value);
}

/** Whether anything about it went wrong: a delivery that arrived at the second attempt counts too. */
export function hasFailure(record: TrafficRecord): boolean {
  if (recordOutcome(record) === 'bad') return true;
  if (record.kind === 'request') return record.value.fault !== null;
  return record.value.attempts.some(
    ({ response, error }) => error !== null || (response !== null && response.status >= LEAST_BAD_STATUS),
  );
}
