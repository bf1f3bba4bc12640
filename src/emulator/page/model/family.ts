import type { DeliveryJson } from '../../control/json-types.ts';
import type { TrafficRecord } from './record.ts';

/** Every delivery of the same event: the first one and what was resent of it, oldest first. */
export function familyOf(delivery: DeliveryJson, records: readonly TrafficRecord[]): readonly DeliveryJson[] {
  const roots = new Map<string, string>();
  const family = new Map<string, DeliveryJson[]>();
  for (const record of records) {
    if (record.kind !== 'delivery') continue;
    const { id, resendOf } = record.value;
    const root = resendOf === null ? id : (roots.get(resendOf) ?? resendOf);
    roots.set(id, root);
    const members = family.get(root);
    if (members === undefined) family.set(root, [record.value]);
    else members.push(record.value);
  }
  return family.get(roots.get(delivery.id) ?? delivery.id) ?? [delivery];
}
