import type { DeliveryJson, FaultJson, FeedJson, RequestJson, StateJson } from '../../control/json-types.ts';
import { deliveryRecord, recordPhone, requestRecord, type TrafficRecord } from './record.ts';
import { joinLists, putRecords } from './records.ts';

/** How the page stands with the emulator. */
export type Connection = 'connecting' | 'live' | 'lost';

/** What the page knows. */
export interface PageState {
  readonly connection: Connection;
  /** Oldest first, at most `RECORDS_MAX`. */
  readonly records: readonly TrafficRecord[];
  readonly account: StateJson | null;
  readonly faults: readonly FaultJson[];
  /** Whose chat is open, in E.164. */
  readonly phone: string;
  /** The record whose detail is open. */
  readonly openKey: string | null;
  /** How many of the app's messages came to a chat that was not open. */
  readonly unread: Readonly<Record<string, number>>;
  /** The newest message of the app in the open chat that came while the page watched, to be read out. */
  readonly heard: RequestJson | null;
}

/** One event of the feed, as the page uses it. */
export type FeedEvent = {
  [Name in 'request' | 'delivery' | 'state' | 'faults']: {
    readonly name: Name;
    readonly data: FeedJson[Name];
  };
}['request' | 'delivery' | 'state' | 'faults'];

/** Everything that was there when the page connected. */
export interface Snapshot {
  readonly account: StateJson;
  readonly faults: readonly FaultJson[];
  readonly deliveries: readonly DeliveryJson[];
  readonly requests: readonly RequestJson[];
}

export type Action =
  | { readonly type: 'connection'; readonly connection: Connection }
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly type: 'feed'; readonly events: readonly FeedEvent[] }
  | { readonly type: 'posted'; readonly delivery: DeliveryJson }
  | { readonly type: 'account'; readonly account: StateJson }
  | { readonly type: 'choose-customer'; readonly phone: string }
  | { readonly type: 'open-record'; readonly key: string }
  | { readonly type: 'close-record' };

export function initialState(phone: string): PageState {
  return {
    connection: 'connecting',
    records: [],
    account: null,
    faults: [],
    phone,
    openKey: null,
    unread: {},
    heard: null,
  };
}

function toRecord(event: FeedEvent): TrafficRecord | undefined {
  if (event.name === 'delivery') return deliveryRecord(event.data);
  if (event.name === 'request') return requestRecord(event.data);
  return undefined;
}

function hear(state: PageState, record: TrafficRecord, known: ReadonlySet<string>): PageState {
  const phone = recordPhone(record);
  if (record.kind !== 'request' || phone === null || known.has(record.key)) return state;
  if (phone === state.phone) return { ...state, heard: record.value };
  if (record.value.messageId === null) return state;
  return { ...state, unread: { ...state.unread, [phone]: (state.unread[phone] ?? 0) + 1 } };
}

function applyFeed(state: PageState, events: readonly FeedEvent[]): PageState {
  const changed: TrafficRecord[] = [];
  let next = state;
  const known = new Set(state.records.map(({ key }) => key));
  for (const event of events) {
    const record = toRecord(event);
    if (record !== undefined) {
      changed.push(record);
      next = hear(next, record, known);
      known.add(record.key);
    } else if (event.name === 'state') next = { ...next, account: event.data };
    else if (event.name === 'faults') next = { ...next, faults: event.data };
  }
  return { ...next, records: putRecords(state.records, changed) };
}

function applySnapshot(state: PageState, snapshot: Snapshot): PageState {
  const records = joinLists(snapshot.deliveries, snapshot.requests);
  const openKey = records.some(({ key }) => key === state.openKey) ? state.openKey : null;
  const { account, faults } = snapshot;
  return { ...state, connection: 'live', records, account, faults, openKey, heard: null };
}

/** The answer to a POST may come after the feed has told more of the same delivery: then it is old news. */
function applyPosted(state: PageState, delivery: DeliveryJson): PageState {
  const record = deliveryRecord(delivery);
  if (state.records.some(({ key }) => key === record.key)) return state;
  return { ...state, records: putRecords(state.records, [record]) };
}

/** The page's whole behaviour as a pure function. */
export function reduce(state: PageState, action: Action): PageState {
  switch (action.type) {
    case 'connection':
      return state.connection === action.connection ? state : { ...state, connection: action.connection };
    case 'snapshot':
      return applySnapshot(state, action.snapshot);
    case 'feed':
      return applyFeed(state, action.events);
    case 'posted':
      return applyPosted(state, action.delivery);
    case 'account':
      return { ...state, account: action.account };
    case 'choose-customer': {
      const { [action.phone]: _read, ...unread } = state.unread;
      return { ...state, phone: action.phone, unread, heard: null };
    }
    case 'open-record':
      return { ...state, openKey: action.key };
    case 'close-record':
      return { ...state, openKey: null };
  }
}
