import type {
  ClockChangeJson,
  DeliveryJson,
  ErrorJson,
  FaultJson,
  ListJson,
  NewFaultJson,
  RequestJson,
  ResendJson,
  StateJson,
  StatePatchJson,
} from '../control/json-types.ts';
import { RECORDS_MAX } from './model/records.ts';
import type { Snapshot } from './model/store.ts';

/** Where the control API is, on the page's own origin. */
export const API_PREFIX = '/__emulator/v1';

/** A call that the emulator refused, or never heard. */
export class ApiError extends Error {
  override name = 'ApiError';
  /** The control API's code; `unreachable` when there was no answer. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

function isError(value: unknown): value is ErrorJson {
  return typeof value === 'object' && value !== null && 'error' in value && 'message' in value;
}

async function call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(API_PREFIX + path, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError('unreachable', '');
  }
  const text = await response.text();
  let answer: unknown = null;
  try {
    answer = text === '' ? null : JSON.parse(text);
  } catch {
    throw new ApiError('unreadable', text.slice(0, RECORDS_MAX));
  }
  if (response.ok) return answer as Answer;
  throw isError(answer)
    ? new ApiError(answer.error, answer.message)
    : new ApiError(String(response.status), response.statusText);
}

const LIST = `?limit=${RECORDS_MAX}`;

/** The calls that the page makes; each rejects with an `ApiError`. */
export const api = {
  async snapshot(): Promise<Snapshot> {
    const [account, faults, deliveries, requests] = await Promise.all([
      call<StateJson>('GET', '/state'),
      call<ListJson<FaultJson> | FaultJson[]>('GET', '/faults'),
      call<ListJson<DeliveryJson>>('GET', `/deliveries${LIST}`),
      call<ListJson<RequestJson>>('GET', `/requests${LIST}`),
    ]);
    return {
      account,
      faults: Array.isArray(faults) ? faults : faults.items,
      deliveries: deliveries.items,
      requests: requests.items,
    };
  },
  say: (from: string, text: string): Promise<{ delivery: DeliveryJson }> =>
    call('POST', '/messages', { from, text }),
  optOut: (from: string): Promise<{ delivery: DeliveryJson }> => call('POST', '/opt-outs', { from }),
  resend: (id: string, resend: ResendJson): Promise<{ delivery: DeliveryJson }> =>
    call('POST', `/deliveries/${encodeURIComponent(id)}/resend`, resend),
  change: (patch: StatePatchJson): Promise<StateJson> => call('PATCH', '/state', patch),
  moveClock: (change: ClockChangeJson): Promise<unknown> => call('POST', '/clock', change),
  addFault: (fault: NewFaultJson): Promise<unknown> => call('POST', '/faults', fault),
  removeFault: (id: string): Promise<unknown> => call('DELETE', `/faults/${encodeURIComponent(id)}`),
  clearFaults: (): Promise<unknown> => call('DELETE', '/faults'),
  reset: (): Promise<unknown> => call('POST', '/reset', {}),
};
