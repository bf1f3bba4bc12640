/**
 * What the control API says and takes, as JSON: the one place from which routes, the OpenAPI file, the command line
 * and the page take their shapes. Times are ISO 8601 in UTC by the emulator's clock; `null` is «there is none».
 */

/** A list of fair-use limits. Contract: fair use, documented; `unlimited` is the emulator's own. */
export type PlanName = 'starter' | 'growth' | 'scale' | 'unlimited';

/** How many messages went out in a span, and how many may. */
export interface UsageJson {
  used: number;
  limit: number | null;
}

/** `GET /state`: the account as the dashboard would show it, and the emulator's own settings. */
export interface StateJson {
  url: string;
  version: string;
  instanceId: string;
  instanceState: 'open' | 'close';
  apiKeyMasked: string;
  keyRevoked: boolean;
  plan: PlanName;
  usage: { day: UsageJson; month: UsageJson };
  throttle: { limit: number; perSeconds: number } | null;
  webhook: { url: string; secretMasked: string | null } | null;
  bodyStyle: 'php' | 'js' | 'pretty';
  timestampStyle: 'iso' | 'seconds' | 'milliseconds';
  clock: ClockJson;
  /** E.164 with plus. */
  suppressed: string[];
}

/** `PATCH /state`: what is left out stays as it is. */
export interface StatePatchJson {
  instanceState?: 'open' | 'close';
  keyRevoked?: boolean;
  plan?: PlanName;
  throttle?: { limit: number; perSeconds: number } | null;
  webhook?: { url: string; secret?: string } | null;
  bodyStyle?: 'php' | 'js' | 'pretty';
  timestampStyle?: 'iso' | 'seconds' | 'milliseconds';
  /** Takes these numbers off the suppression list. */
  unsuppress?: string[];
}

/** `GET /clock`. */
export interface ClockJson {
  now: string;
  /** How far it was moved from this machine's clock. */
  offsetMs: number;
}

/** `POST /clock`: one of the three. */
export type ClockChangeJson = { advance: string | number } | { set: string } | { reset: true };

/** A message that the app sent and the gateway took. */
export interface MessageJson {
  id: string;
  logId: number;
  requestId: string;
  instanceId: string;
  phone: string;
  text: string;
  purpose: string;
  at: string;
}

/** A request of the app to the gateway's own API, read to its end. */
export interface RequestJson {
  id: string;
  at: string;
  method: string;
  path: string;
  /** Without the API key. */
  headers: Record<string, string>;
  bodyText: string;
  bodyBase64: string;
  /** Read from the body where it could be: E.164, the text, the purpose. */
  phone: string | null;
  text: string | null;
  purpose: string | null;
  /** `null` where a fault left the app without one. */
  answer: { status: number; headers: Record<string, string>; bodyText: string } | null;
  /** The refusal's code, what it says, and the page that explains it. */
  code: string | null;
  why: string | null;
  docsUrl: string | null;
  /** The message it became, also where a fault hid that from the app. */
  messageId: string | null;
  fault: string | null;
  durationMs: number;
}

/** One try to deliver. */
export interface AttemptJson {
  number: number;
  at: string;
  url: string;
  requestHeaders: Record<string, string>;
  bodyText: string;
  bodyBase64: string;
  signature: {
    timestampHeader: string | null;
    /** What was signed: the header's text, a dot, the body. */
    signedText: string;
    /** What the right signature over it is, and what was sent. */
    expected: string;
    sent: string | null;
    /** How old the timestamp was by the emulator's clock; negative when it was ahead. */
    ageSeconds: number | null;
  };
  response: { status: number; headers: Record<string, string>; bodyText: string } | null;
  error: { code: string; message: string } | null;
  /** `null` while it is under way. */
  durationMs: number | null;
  fault: string | null;
  /** The likely cause of a failure and what to change. */
  hint: string | null;
}

/** An event on its way to the app, with every try. */
export interface DeliveryJson {
  id: string;
  at: string;
  event: string | null;
  from: string | null;
  text: string | null;
  state: 'pending' | 'delivered' | 'failed' | 'dropped';
  origin: 'customer' | 'api' | 'resend';
  resendOf: string | null;
  attempts: AttemptJson[];
  nextAttemptAt: string | null;
}

/** `POST /messages`: a customer writes. */
export interface CustomerMessageJson {
  from: string;
  text: string;
}

/** `POST /opt-outs`: a customer opts out. */
export interface OptOutJson {
  from: string;
}

/** `POST /deliveries`: any event, or any bytes. */
export interface RawDeliveryJson {
  event?: Record<string, unknown>;
  bodyBase64?: string;
}

/** `POST /deliveries/{id}/resend`. */
export interface ResendJson {
  /** Signed anew now; the same bytes and headers again; or with another body, signed anew. */
  mode: 'retry' | 'exact' | 'edited';
  bodyText?: string;
}

/** `POST /faults`. */
export interface NewFaultJson {
  on: 'send' | 'delivery';
  type: string;
  when?: 'before' | 'after';
  times?: number;
  probability?: number;
  /** What the type needs: `status`, `code`, `body`, `ms`, `retryAfterSeconds`, … */
  params?: Record<string, string | number>;
}

/** `GET /faults`. */
export interface FaultJson extends NewFaultJson {
  id: string;
  times: number;
  remaining: number;
}

/** What a list answers: newest first, at most `limit` (200, or 1,000 at the most), before `before` where given. */
export interface ListJson<Item> {
  items: Item[];
  /** Pass it as `before` for the next page; `null` on the last one. */
  before: string | null;
}

/** `GET /health`: also how a program finds out that it speaks to an emulator. */
export interface HealthJson {
  status: 'ok';
  name: 'whatsapp-gateway-emulator';
  version: string;
}

/** What is answered where a delivery was begun: as it was then; follow it by `GET /deliveries/{id}` or the feed. */
export interface StartedDeliveryJson {
  delivery: DeliveryJson;
}

/** Why a call of the control API was refused. */
export type ErrorCodeJson =
  | 'invalid_json'
  | 'invalid_body'
  | 'invalid_query'
  | 'origin_not_allowed'
  | 'not_found'
  | 'method_not_allowed'
  | 'no_webhook'
  | 'nothing_to_repeat'
  | 'body_too_large'
  | 'unsupported_content_type'
  | 'unsupported_content_encoding'
  | 'host_not_allowed'
  | 'internal_error'
  | 'too_many_clients';

/** What goes wrong with a call of the control API, and what to do about it. */
export interface ErrorJson {
  error: ErrorCodeJson;
  message: string;
}

/** The events of `GET /events` (SSE) by name. A record is sent again whenever it changes. */
export interface FeedJson {
  message: MessageJson;
  request: RequestJson;
  delivery: DeliveryJson;
  state: StateJson;
  faults: FaultJson[];
  reset: Record<string, never>;
}
