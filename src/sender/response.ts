import {
  type GatewayErrorCode,
  gatewayErrorStatuses,
  MAX_GATEWAY_TEXT_CHARACTERS,
  UNKNOWN_ERROR,
  UNKNOWN_ERROR_MESSAGE,
} from '../protocol.ts';
import {
  SendAuthError,
  SendBadResponseError,
  type SendError,
  type SendErrorDetails,
  type SendErrorFields,
  SendGatewayError,
  SendInputError,
  SendPolicyError,
  SendSuppressedError,
  SendThrottledError,
} from './errors.ts';
import { type Mask, maskError } from './mask.ts';
import { parseRetryAfter } from './retry.ts';

/** An answer as it came, complete or not. */
export interface RawAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** The `Retry-After` header, as it came. */
  readonly retryAfter?: string | undefined;
  /** What came of the body, or `undefined` where it was larger than we read. */
  readonly body: Uint8Array | undefined;
  /** What broke the answer off, if something did. */
  readonly error?: unknown;
}

/** What the gateway says of a message it took. */
export interface SentMessage {
  readonly status: string;
  readonly messageId: string | null;
  readonly logId: number | null;
}

/** What reading an answer needs to know beside it. */
export interface AnswerContext {
  readonly attempts: number;
  readonly mask: Mask;
  /** Unix time in milliseconds. */
  readonly now: number;
}

type Kind = 'input' | 'auth' | 'policy' | 'suppressed' | 'throttled' | 'gateway';

const kinds: Record<Kind, typeof SendError> = {
  input: SendInputError,
  auth: SendAuthError,
  policy: SendPolicyError,
  suppressed: SendSuppressedError,
  throttled: SendThrottledError,
  gateway: SendGatewayError,
};

const kindsByCode: Record<GatewayErrorCode, Kind> = {
  invalid_json: 'input',
  invalid_api_key: 'auth',
  revoked_api_key: 'auth',
  invalid_instance: 'input',
  validation_error: 'input',
  message_purpose_required: 'input',
  message_purpose_not_allowed: 'input',
  module_not_enabled: 'policy',
  recipient_suppressed: 'suppressed',
  policy_violation: 'policy',
  sending_throttled: 'throttled',
  payload_too_large: 'input',
  gateway_send_failed: 'gateway',
};

const adviceByKind: Record<Kind, string> = {
  input: 'not sent: correct it first, the same send fails again',
  auth: 'not sent: check the API key in the dashboard',
  policy: 'not sent: the gateway does not allow it, the same send fails again',
  suppressed: 'not sent: this recipient opted out or is blocked, do not send to them',
  throttled: 'not sent: safe to send again later',
  gateway: 'not sent: the gateway refused it',
};

/** What to do where nobody knows whether the message went out. */
export const UNKNOWN_ADVICE = 'may have been sent: do not send it again blindly, look in the dashboard first';

const GATEWAY_CODE = /^[\w.:-]{1,100}$/u;
const LAST_HALF_OF_A_PAIR = /[\ud800-\udbff]$/u;
const BYTE_ORDER_MARK = '\ufeff';
/** Line breaks and terminal codes: a text of somebody else must not look like lines of the app's own log. */
const CONTROL_CHARACTERS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads the gateway's answer to a send. `success: true`, literally, counts as sent whatever the HTTP status is; a
 * failure is told by its code first, and by the HTTP status only where the code is not a known one.
 *
 * @throws SendError for anything that is not a success.
 */
export function readAnswer(answer: RawAnswer, context: AnswerContext): SentMessage {
  const body = parseObject(answer.body);
  if (body?.success === true) return readSuccess(body);
  throw readFailure(answer, body, context);
}

function parseObject(bytes: Uint8Array | undefined): Fields | undefined {
  if (bytes === undefined) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    const value: unknown = JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

function readSuccess(body: Fields): SentMessage {
  const { status, message_id: messageId, log_id: logId } = body;
  const id = isNumber(messageId) ? String(messageId) : messageId;
  return {
    status: isText(status) ? status : 'sent',
    messageId: isText(id) ? id : null,
    logId: isNumber(logId) ? logId : null,
  };
}

function readFailure(answer: RawAnswer, body: Fields | undefined, context: AnswerContext): SendError {
  const { status } = answer;
  const claim = body?.success;
  // Something else than true and false says neither yes nor no.
  if (body === undefined || (claim !== undefined && claim !== null && claim !== false)) {
    return readUnreadable(answer, body === undefined, context);
  }

  const code = readCode(body.error, context.mask);
  const known = isKnown(code) ? kindsByCode[code] : undefined;
  const refused = claim === false;
  const kind = known ?? kindByStatus(status) ?? (status < 300 && refused ? 'gateway' : undefined);
  if (kind === undefined) return badResponse(answer, context);

  const text = readText(body.message, context.mask);
  const sentUnknown = known === undefined ? isUnknownStatus(status) : code === 'gateway_send_failed';
  return failure(kind, sentUnknown, answer, context, {
    code,
    gatewayMessage: text,
    details: readDetails(body.details, context.mask),
  });
}

/** No failure in the gateway's own form: a proxy's page, nothing at all, half of something, or too much. */
function readUnreadable(answer: RawAnswer, byStatus: boolean, context: AnswerContext): SendError {
  const kind = byStatus ? kindByStatus(answer.status) : undefined;
  if (kind === undefined) return badResponse(answer, context);
  return failure(kind, isUnknownStatus(answer.status), answer, context, { code: UNKNOWN_ERROR });
}

function badResponse(answer: RawAnswer, context: AnswerContext): SendError {
  const text = 'The answer is not one of the gateway. Check baseUrl, and any proxy on the way.';
  return new SendBadResponseError(`${text} [${UNKNOWN_ADVICE}]`, {
    ...common(answer, context),
    code: 'bad_response',
    outcome: 'unknown',
  });
}

function failure(
  kind: Kind,
  sentUnknown: boolean,
  answer: RawAnswer,
  context: AnswerContext,
  fields: Pick<SendErrorFields, 'code' | 'gatewayMessage' | 'details'>,
): SendError {
  const text = fields.gatewayMessage ?? UNKNOWN_ERROR_MESSAGE;
  return new kinds[kind](`${text} [${sentUnknown ? UNKNOWN_ADVICE : adviceByKind[kind]}]`, {
    ...common(answer, context),
    ...fields,
    outcome: sentUnknown ? 'unknown' : 'not_sent',
    retryable: kind === 'throttled',
  });
}

function common(answer: RawAnswer, { attempts, mask, now }: AnswerContext) {
  return {
    status: answer.status,
    retryAfterMs: parseRetryAfter(answer.retryAfter, now),
    attempts,
    cause: maskError(answer.error, mask),
  };
}

/** What a status means by itself; `undefined` for those that are no failures. */
function kindByStatus(status: number): Kind | undefined {
  if (status < 400) return undefined;
  if (isUnknownStatus(status)) return 'gateway';
  if (status === 401) return 'auth';
  if (status === 403) return 'policy';
  if (status === 429) return 'throttled';
  return 'input';
}

/** A time-out or a fault of the server tells nothing of the message. */
function isUnknownStatus(status: number): boolean {
  return status === 408 || status >= 500;
}

function isKnown(code: string): code is GatewayErrorCode {
  return Object.hasOwn(gatewayErrorStatuses, code);
}

function readCode(value: unknown, mask: Mask): string {
  if (typeof value !== 'string' || !GATEWAY_CODE.test(value)) return UNKNOWN_ERROR;
  // A code that would have to be masked is not a code.
  return isKnown(value) || mask(value) === value ? value : UNKNOWN_ERROR;
}

function readText(value: unknown, mask: Mask): string {
  if (typeof value !== 'string' || value.trim() === '') return UNKNOWN_ERROR_MESSAGE;
  return tidy(mask(value));
}

/** On one line, so that it forges no line of a log, and not longer than anybody reads. */
function tidy(whole: string): string {
  const text = whole.replace(CONTROL_CHARACTERS, ' ');
  if (text.length <= MAX_GATEWAY_TEXT_CHARACTERS) return text;
  return `${text.slice(0, MAX_GATEWAY_TEXT_CHARACTERS).replace(LAST_HALF_OF_A_PAIR, '')}…`;
}

function readDetails(value: unknown, mask: Mask): SendErrorDetails {
  if (!isObject(value)) return {};
  const { action, risk_score: riskScore, limit, used } = value;
  return {
    ...(isText(action) && { action: tidy(mask(action)) }),
    ...(isNumber(riskScore) && { riskScore }),
    ...(isNumber(limit) && { limit }),
    ...(isNumber(used) && { used }),
  };
}
