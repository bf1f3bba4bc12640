import { checkOptionNames, invalidOption } from '../options.ts';
import { MAX_TIMER_MS } from '../protocol.ts';
import type { DeliveryFault, Fault, NewFault, SendFault } from './fault.ts';

/** What a field of a fault may hold. */
type Field = 'status' | 'text' | 'milliseconds' | 'seconds';

/** The fields of one type: those marked must be given. */
type Fields = Readonly<Record<string, { readonly field: Field; readonly required: boolean }>>;

const must = (field: Field): Fields[string] => ({ field, required: true });
const may = (field: Field): Fields[string] => ({ field, required: false });

const sendFields: Readonly<Record<SendFault['type'], Fields>> = {
  status: { status: must('status'), body: may('text') },
  code: { code: must('text'), status: may('status') },
  throttle: { retryAfterSeconds: may('seconds') },
  delay: { ms: must('milliseconds') },
  timeout: {},
  reset: {},
  html: { status: may('status') },
  'malformed-json': { status: may('status') },
};

const deliveryFields: Readonly<Record<DeliveryFault['type'], Fields>> = {
  duplicate: {},
  'concurrent-duplicate': {},
  reorder: {},
  delay: { ms: must('milliseconds') },
  drop: {},
  'stale-timestamp': { seconds: may('seconds') },
  'future-timestamp': { seconds: may('seconds') },
  'wrong-signature': {},
  'missing-signature': {},
  'truncated-signature': {},
  gzip: {},
  chunked: {},
  'byte-order-mark': {},
  'truncated-json': {},
  'unknown-event': { event: may('text') },
};

/** Every type of a fault of sending. */
export const sendFaultTypes: readonly SendFault['type'][] = Object.keys(sendFields) as SendFault['type'][];
/** Every type of a fault of delivering. */
export const deliveryFaultTypes: readonly DeliveryFault['type'][] = Object.keys(
  deliveryFields,
) as DeliveryFault['type'][];

const OWNER = 'faults.add';
const COMMON = ['on', 'type', 'times', 'probability'];
const FIRST_STATUS = 200;
const LAST_STATUS = 599;

const fieldAdvice: Readonly<Record<Field, string>> = {
  status: `Give an HTTP status from ${FIRST_STATUS} to ${LAST_STATUS}.`,
  text: 'Give a text.',
  milliseconds: `Give milliseconds from 0 to ${MAX_TIMER_MS}.`,
  seconds: 'Give a number of seconds, 0 or more.',
};

function isUsable(field: Field, value: unknown): value is string | number {
  if (field === 'text') return typeof value === 'string';
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return false;
  if (field === 'milliseconds') return value <= MAX_TIMER_MS;
  return field === 'seconds' || (Number.isInteger(value) && value >= FIRST_STATUS && value <= LAST_STATUS);
}

function fieldsOf(on: unknown, type: unknown): Fields {
  if (on !== 'send' && on !== 'delivery') throw invalidOption(OWNER, 'on', on, 'Give one of send, delivery.');
  const table: Readonly<Record<string, Fields>> = on === 'send' ? sendFields : deliveryFields;
  if (typeof type === 'string' && Object.hasOwn(table, type)) return table[type] ?? {};
  throw invalidOption(OWNER, 'type', type, `Of a ${on}, give one of ${Object.keys(table).join(', ')}.`);
}

function readTimes(value: unknown, isChance: boolean): number {
  if (value === undefined) return isChance ? Number.MAX_SAFE_INTEGER : 1;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  throw invalidOption(OWNER, 'times', value, 'Give a whole number from 1, or leave it out.');
}

function readProbability(value: unknown): number | undefined {
  if (value === undefined || (typeof value === 'number' && value > 0 && value <= 1)) return value;
  throw invalidOption(OWNER, 'probability', value, 'Give a number above 0 and up to 1, or leave it out.');
}

/**
 * Checks a fault and fills in the defaults.
 *
 * @throws TypeError when its type is unknown or a field cannot be used.
 */
export function readFault(id: string, fault: NewFault): Fault {
  if (typeof fault !== 'object' || fault === null) checkOptionNames(OWNER, fault, COMMON);
  const { on, type, times, probability, ...others }: { [name: string]: unknown } = { ...fault };
  const fields = fieldsOf(on, type);
  const isSend = on === 'send';
  checkOptionNames(OWNER, fault, [...COMMON, ...(isSend ? ['when'] : []), ...Object.keys(fields)]);
  const { when = 'before', ...given } = others;
  if (isSend && when !== 'before' && when !== 'after') {
    throw invalidOption(OWNER, 'when', when, 'Give one of before, after.');
  }
  const params: Record<string, string | number> = {};
  for (const [name, { field, required }] of Object.entries(fields)) {
    const value = given[name];
    if (value === undefined && !required) continue;
    if (!isUsable(field, value)) throw invalidOption(OWNER, name, value, fieldAdvice[field]);
    params[name] = value;
  }
  const chance = readProbability(probability);
  const count = readTimes(times, chance !== undefined);
  return {
    id,
    on: isSend ? 'send' : 'delivery',
    type: String(type),
    when: isSend ? (when === 'after' ? 'after' : 'before') : undefined,
    times: count,
    remaining: count,
    probability: chance,
    params,
  };
}
