import { isUtf8 } from 'node:buffer';
import { normalizePhone } from '../phone.ts';
import {
  type GatewayErrorCode,
  gatewayErrorStatuses,
  type MessagePurpose,
  messagePurposes,
} from '../protocol.ts';
import type { Account, ReachedLimit } from './account.ts';

/** As much of a request to the send endpoint as the rules look at. */
export interface SendRequest {
  /** The `Authorization` header. */
  readonly authorization: string | undefined;
  /** The `Content-Type` header. */
  readonly contentType: string | undefined;
  /** The bytes, or `too_large` where they were more than the server keeps. */
  readonly body: Uint8Array | 'too_large';
}

/** A send that keeps every rule. */
export interface AllowedSend {
  /** The instance that sends. */
  readonly instanceId: string;
  /** To whom, in E.164 however it was spelled. */
  readonly phone: string;
  /** The text. */
  readonly message: string;
  /** Why it is sent. */
  readonly purpose: MessagePurpose;
}

/** An HTTP answer of the gateway. */
export interface GatewayAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** What the JSON body holds. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Headers besides the body's own. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the rules say of one request: send it, or refuse it with an answer. */
export type Verdict =
  | { readonly allowed: AllowedSend; readonly refusal?: undefined }
  | { readonly refusal: GatewayAnswer; readonly allowed?: undefined };

const JSON_TYPE = /^application\/json[ \t]*(?:;|$)/iu;
const OK_STATUS = 200;
const NOT_FOUND_STATUS = 404;
const METHOD_NOT_ALLOWED_STATUS = 405;

function refuse(
  code: GatewayErrorCode,
  message: string,
  details?: Readonly<Record<string, unknown>>,
): { readonly refusal: GatewayAnswer } {
  const body = { success: false, error: code, message, ...(details === undefined ? {} : { details }) };
  return { refusal: { status: gatewayErrorStatuses[code], body } };
}

const limitMessages: Readonly<Record<ReachedLimit['span'], string>> = {
  day: "The plan's messages of this day are used up.",
  month: "The plan's messages of this month are used up.",
  throttle: 'Too many messages in a short time.',
};

function refuseBeyond({ span, limit, used, retryAfterSeconds }: ReachedLimit): Verdict {
  const details = { action: 'block', limit, used };
  const { refusal } = refuse('sending_throttled', limitMessages[span], details);
  return { refusal: { ...refusal, headers: { 'retry-after': String(retryAfterSeconds) } } };
}

/** The JSON object in a body, if there is one. */
export function parseObject(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  if (!isUtf8(body)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function isAllowedPurpose(value: unknown): value is MessagePurpose {
  return messagePurposes.some((purpose) => purpose === value);
}

/**
 * Judges a send as the gateway would. Codes, purposes and what is suppressed follow the contract. Assumed are the
 * order of the checks, the statuses that `protocol.ts` calls assumed, the messages' wording, that `Bearer` must be
 * spelled exactly so, that another content type counts as `invalid_json`, that a phone which cannot be
 * international is a `validation_error`, `{ action: 'block' }` as the only detail of a suppression, that an instance
 * which is not connected is an `invalid_instance`, and that a used-up plan is `sending_throttled` with `Retry-After`
 * until the day or month turns.
 */
export function judgeSend(request: SendRequest, account: Account): Verdict {
  if (request.body === 'too_large') return refuse('payload_too_large', 'The request body is too large.');
  if (request.authorization !== `Bearer ${account.apiKey}`) {
    return refuse('invalid_api_key', 'The API key is missing or wrong.');
  }
  if (account.settings.keyRevoked) return refuse('revoked_api_key', 'The API key was revoked.');
  if (!JSON_TYPE.test(request.contentType ?? '')) {
    return refuse('invalid_json', 'The content type must be application/json.');
  }
  const fields = parseObject(request.body);
  if (fields === undefined) return refuse('invalid_json', 'The request body must be a JSON object.');

  const { instance_id: instanceId, phone, message, message_purpose: purpose } = fields;
  if (isMissing(instanceId)) return refuse('validation_error', 'The field instance_id is required.');
  if (instanceId !== account.instanceId) return refuse('invalid_instance', 'There is no such instance.');
  if (account.settings.instanceState !== 'open') {
    return refuse('invalid_instance', 'The instance is not connected.');
  }
  if (isMissing(phone)) return refuse('validation_error', 'The field phone is required.');
  const recipient = typeof phone === 'string' ? normalizePhone(phone) : undefined;
  if (recipient === undefined) return refuse('validation_error', 'The field phone must be international.');
  if (isMissing(message)) return refuse('validation_error', 'The field message is required.');
  if (typeof message !== 'string') return refuse('validation_error', 'The field message must be text.');
  if (isMissing(purpose)) return refuse('message_purpose_required', 'The field message_purpose is required.');
  if (!isAllowedPurpose(purpose)) {
    return refuse('message_purpose_not_allowed', `Allowed purposes are ${messagePurposes.join(', ')}.`);
  }
  if (account.suppressed.has(recipient)) {
    return refuse('recipient_suppressed', 'The recipient opted out or is blocked.', { action: 'block' });
  }
  const limit = account.reachedLimit();
  if (limit !== undefined) return refuseBeyond(limit);
  return { allowed: { instanceId: account.instanceId, phone: recipient, message, purpose } };
}

/** How the gateway says that a message went out. Documented. */
export function acceptSend(messageId: string, logId: number): GatewayAnswer {
  return { status: OK_STATUS, body: { success: true, status: 'sent', message_id: messageId, log_id: logId } };
}

/** Answers a path that the gateway does not have. Assumed, and with no code because none is documented. */
export function refusePath(): GatewayAnswer {
  return { status: NOT_FOUND_STATUS, body: { success: false, message: 'There is nothing at this address.' } };
}

/** Answers a method other than POST. Assumed, and with no code because none is documented. */
export function refuseMethod(): GatewayAnswer {
  const body = { success: false, message: 'Send with POST.' };
  return { status: METHOD_NOT_ALLOWED_STATUS, body, headers: { allow: 'POST' } };
}
