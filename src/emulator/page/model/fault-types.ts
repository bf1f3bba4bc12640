import type { NewFaultJson } from '../../control/json-types.ts';

/** A number or a text that a type of fault needs. */
export type FaultParameter =
  | {
      readonly name: 'status' | 'ms' | 'retryAfterSeconds';
      readonly default: number;
      readonly min: number;
      readonly max: number;
    }
  | { readonly name: 'code'; readonly options: readonly string[] };

/** One thing that can be made to go wrong. */
export interface FaultType {
  readonly type: string;
  readonly parameters: readonly FaultParameter[];
}

const SECOND_MS = 1_000;
const MINUTE_SECONDS = 60;
const HOUR_SECONDS: number = 60 * MINUTE_SECONDS;
const HOUR_MS: number = HOUR_SECONDS * SECOND_MS;

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

const status: FaultParameter = { name: 'status', default: 503, min: 200, max: 599 };
const milliseconds: FaultParameter = { name: 'ms', default: 5 * SECOND_MS, min: 1, max: HOUR_MS };
const retryAfter: FaultParameter = {
  name: 'retryAfterSeconds',
  default: MINUTE_SECONDS,
  min: 1,
  max: HOUR_SECONDS,
};
const code: FaultParameter = { name: 'code', options: CODES };

function plain(...types: readonly string[]): readonly FaultType[] {
  return types.map((type) => ({ type, parameters: [] }));
}

/** By what they strike: the app's sends, or the deliveries to it. */
export const faultTypes: Readonly<Record<NewFaultJson['on'], readonly FaultType[]>> = {
  send: [
    { type: 'status', parameters: [status] },
    { type: 'code', parameters: [code] },
    { type: 'throttle', parameters: [retryAfter] },
    { type: 'delay', parameters: [milliseconds] },
    ...plain('timeout', 'reset'),
    { type: 'html', parameters: [{ ...status, default: 502 }] },
    ...plain('malformed-json'),
  ],
  delivery: [
    ...plain('duplicate', 'concurrent-duplicate', 'reorder'),
    { type: 'delay', parameters: [milliseconds] },
    ...plain('drop', 'stale-timestamp', 'future-timestamp'),
    ...plain('wrong-signature', 'missing-signature', 'truncated-signature'),
    ...plain('gzip', 'chunked', 'byte-order-mark', 'truncated-json', 'unknown-event'),
  ],
};
