import type { NewFaultJson } from '../../control/json-types.ts';

/** What a type of fault takes besides how often: a number, one of several texts, or any text. */
export type FaultParameter =
  | {
      readonly name: 'status' | 'ms' | 'seconds' | 'retryAfterSeconds';
      readonly default: number;
      readonly min: number;
      readonly max: number;
    }
  | { readonly name: 'code'; readonly options: readonly string[] }
  | { readonly name: 'event'; readonly text: string };

/** One thing that can be made to go wrong. */
export interface FaultType {
  readonly type: string;
  readonly parameters: readonly FaultParameter[];
}

const SECOND_MS = 1_000;
const MINUTE_SECONDS = 60;
const HOUR_SECONDS: number = 60 * MINUTE_SECONDS;
const DAY_SECONDS: number = 24 * HOUR_SECONDS;

/** The refusals that can be asked for by their code. */
const CODES = [
  'sending_throttled',
  'policy_violation',
  'recipient_suppressed',
  'gateway_send_failed',
  'invalid_instance',
  'invalid_api_key',
  'revoked_api_key',
  'module_not_enabled',
  'payload_too_large',
] as const;

function status(value: number): FaultParameter {
  return { name: 'status', default: value, min: 200, max: 599 };
}

function span(name: 'ms' | 'seconds' | 'retryAfterSeconds', value: number, max: number): FaultParameter {
  return { name, default: value, min: 0, max };
}

const delay = span('ms', 5 * SECOND_MS, HOUR_SECONDS * SECOND_MS);
const off = span('seconds', 10 * MINUTE_SECONDS, DAY_SECONDS);

/** By what they strike: the app's sends, or the deliveries to it. Defaults as the emulator has them. */
export const faultTypes: Readonly<Record<NewFaultJson['on'], readonly FaultType[]>> = {
  send: [
    { type: 'status', parameters: [status(503)] },
    { type: 'code', parameters: [{ name: 'code', options: CODES }] },
    { type: 'throttle', parameters: [span('retryAfterSeconds', 1, DAY_SECONDS)] },
    { type: 'delay', parameters: [delay] },
    { type: 'timeout', parameters: [] },
    { type: 'reset', parameters: [] },
    { type: 'html', parameters: [status(502)] },
    { type: 'malformed-json', parameters: [status(200)] },
  ],
  delivery: [
    { type: 'duplicate', parameters: [] },
    { type: 'concurrent-duplicate', parameters: [] },
    { type: 'reorder', parameters: [] },
    { type: 'delay', parameters: [delay] },
    { type: 'drop', parameters: [] },
    { type: 'stale-timestamp', parameters: [off] },
    { type: 'future-timestamp', parameters: [off] },
    { type: 'wrong-signature', parameters: [] },
    { type: 'missing-signature', parameters: [] },
    { type: 'truncated-signature', parameters: [] },
    { type: 'gzip', parameters: [] },
    { type: 'chunked', parameters: [] },
    { type: 'byte-order-mark', parameters: [] },
    { type: 'truncated-json', parameters: [] },
    { type: 'unknown-event', parameters: [{ name: 'event', text: 'emulator.unknown_event' }] },
  ],
};

/** What a field begins with. */
export function firstValue(parameter: FaultParameter): string {
  if ('options' in parameter) return parameter.options[0] ?? '';
  return 'text' in parameter ? parameter.text : String(parameter.default);
}

/** What a field's text is in the fault. */
export function readValue(parameter: FaultParameter, typed: string): string | number {
  return 'default' in parameter ? Number(typed) : typed;
}
