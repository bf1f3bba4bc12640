import { describe, expect, it } from 'vitest';
import type { StateJson } from '../../../../src/emulator/control/json-types.ts';
import { RECORDS_MAX } from '../../../../src/emulator/page/model/records.ts';
import {
  type FeedEvent,
  initialState,
  type PageState,
  reduce,
} from '../../../../src/emulator/page/model/store.ts';
import { delivery, PHONE, request } from './records.ts';

const OTHER = '+447700900123';
const account = { plan: 'starter' } as StateJson;

function fed(state: PageState, ...events: FeedEvent[]): PageState {
  return reduce(state, { type: 'feed', events });
}

function keys({ records }: PageState): readonly string[] {
  return records.map(({ key }) => key);
}

describe('the store', () => {
  const empty = initialState(PHONE);

  it('puts a record that changed in its old place', () => {
    const state = fed(
      empty,
      { name: 'delivery', data: delivery('1', { state: 'pending' }) },
      { name: 'request', data: request('1') },
      { name: 'delivery', data: delivery('1', {}, 200) },
    );
    expect(keys(state)).toEqual(['delivery:1', 'request:1']);
    expect(state.records[0]?.value).toMatchObject({ state: 'delivered' });
  });

  it('drops the oldest records over the limit', () => {
    const events = Array.from(
      { length: RECORDS_MAX + 5 },
      (_, at): FeedEvent => ({ name: 'request', data: request(String(at)) }),
    );
    const state = fed(empty, ...events);
    expect(state.records).toHaveLength(RECORDS_MAX);
    expect(keys(state)[0]).toBe('request:5');
  });

  it('joins the lists of a snapshot by time, and keeps the order within each', () => {
    const snapshot = {
      account,
      faults: [],
      deliveries: [delivery('2', { at: '2026-01-03' }), delivery('1', { at: '2026-01-01' })],
      requests: [request('2', { at: '2026-01-01' }), request('1', { at: '2026-01-02' })],
    };
    const state = reduce({ ...empty, openKey: 'request:9' }, { type: 'snapshot', snapshot });
    expect(keys(state)).toEqual(['delivery:1', 'request:1', 'request:2', 'delivery:2']);
    expect(state).toMatchObject({ connection: 'live', account, openKey: null });
  });

  it('does not let the answer to a POST overwrite what the feed told since', () => {
    const state = fed(empty, { name: 'delivery', data: delivery('1', {}, 200) });
    expect(reduce(state, { type: 'posted', delivery: delivery('1', { state: 'pending' }) })).toBe(state);
    expect(keys(reduce(state, { type: 'posted', delivery: delivery('2') }))).toEqual([
      'delivery:1',
      'delivery:2',
    ]);
  });

  it('counts messages to others as unread, once each, until their chat is opened', () => {
    const message: FeedEvent = { name: 'request', data: request('1', { phone: OTHER }) };
    const refused: FeedEvent = { name: 'request', data: request('2', { phone: OTHER, messageId: null }) };
    const state = fed(fed(empty, message, refused), message);
    expect(state.unread).toEqual({ [OTHER]: 1 });
    expect(state.heard).toBeNull();
    expect(reduce(state, { type: 'choose-customer', phone: OTHER }).unread).toEqual({});
  });

  it('hears the message of the open chat, but not one that was there before', () => {
    const state = fed(empty, { name: 'request', data: request('1') });
    expect(state.heard?.id).toBe('1');
    expect(fed({ ...state, heard: null }, { name: 'request', data: request('1') }).heard).toBeNull();
  });

  it('takes the account and the faults as they are told', () => {
    const fault = { id: 'f', on: 'send', type: 'reset', times: 1, remaining: 1 } as const;
    const state = fed(empty, { name: 'state', data: account }, { name: 'faults', data: [fault] });
    expect(state).toMatchObject({ account, faults: [fault] });
  });
});
