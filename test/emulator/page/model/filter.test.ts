import { describe, expect, it } from 'vitest';
import { filterRecords, NO_FILTER } from '../../../../src/emulator/page/model/filter.ts';
import {
  deliveryRecord,
  requestRecord,
  type TrafficRecord,
  withPlus,
} from '../../../../src/emulator/page/model/record.ts';
import { delivery, request } from './records.ts';

const records: readonly TrafficRecord[] = [
  deliveryRecord(delivery('d1', { text: 'أين طلبي؟' }, 200)),
  deliveryRecord(delivery('d2', {}, 401, 200)),
  deliveryRecord(delivery('d3', { state: 'dropped' })),
  requestRecord(request('r1', { text: 'On its WAY' })),
  requestRecord(request('r2', { code: 'recipient_suppressed', messageId: null })),
  requestRecord(request('r3', { answer: null, fault: 'reset' })),
];

function ids(filter: Partial<typeof NO_FILTER>): readonly string[] {
  return filterRecords(records, { ...NO_FILTER, ...filter }).map(({ value }) => value.id);
}

describe('the filter', () => {
  it('shows the newest first', () => {
    expect(ids({})).toEqual(['r3', 'r2', 'r1', 'd3', 'd2', 'd1']);
  });

  it('wants every word, in any case and language', () => {
    expect(ids({ text: 'way its' })).toEqual(['r1']);
    expect(ids({ text: 'طلبي' })).toEqual(['d1']);
    expect(ids({ text: 'recipient_supp' })).toEqual(['r2']);
    expect(ids({ text: 'way nothing' })).toEqual([]);
  });

  it('tells the kinds apart', () => {
    expect(ids({ kind: 'delivery' })).toEqual(['d3', 'd2', 'd1']);
    expect(ids({ kind: 'request' })).toEqual(['r3', 'r2', 'r1']);
  });

  it('counts a delivery that failed once among the failures', () => {
    expect(ids({ failuresOnly: true })).toEqual(['r3', 'r2', 'd3', 'd2']);
  });

  it('knows a phone with and without its plus', () => {
    expect(withPlus('966501234567')).toBe(withPlus('+966 50 123 4567'));
  });
});
