import type { DeliveryJson, RequestJson } from '../../control/json-types.ts';
import { deliveryRecord, recordPhone, requestRecord, type TrafficRecord } from './record.ts';

/** How many records the page keeps; the oldest go first. */
export const RECORDS_MAX = 1_000;

/**
 * Joins the two lists of the control API (each newest first) into one, oldest first. Each list keeps its own order:
 * the emulator's clock can be moved back, so times alone would shuffle it.
 */
export function joinLists(
  deliveries: readonly DeliveryJson[],
  requests: readonly RequestJson[],
): readonly TrafficRecord[] {
  const joined: TrafficRecord[] = [];
  let nextDelivery = deliveries.length - 1;
  let nextRequest = requests.length - 1;
  for (;;) {
    const delivery = deliveries[nextDelivery];
    const request = requests[nextRequest];
    if (delivery !== undefined && (request === undefined || delivery.at <= request.at)) {
      joined.push(deliveryRecord(delivery));
      nextDelivery -= 1;
    } else if (request !== undefined) {
      joined.push(requestRecord(request));
      nextRequest -= 1;
    } else {
      return joined.slice(-RECORDS_MAX);
    }
  }
}

/** Puts changed records in their old places and new ones at the end, and drops the oldest over the limit. */
export function putRecords(
  records: readonly TrafficRecord[],
  changed: readonly TrafficRecord[],
): readonly TrafficRecord[] {
  if (changed.length === 0) return records;
  const byKey = new Map(records.map((record) => [record.key, record]));
  for (const record of changed) byKey.set(record.key, record);
  return [...byKey.values()].slice(-RECORDS_MAX);
}

/** Every phone that occurs, in order of its first record. */
export function phonesOf(records: readonly TrafficRecord[]): readonly string[] {
  const phones = new Set<string>();
  for (const record of records) {
    const phone = recordPhone(record);
    if (phone !== null) phones.add(phone);
  }
  return [...phones];
}
