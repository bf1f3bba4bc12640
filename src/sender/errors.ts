import type { GatewayErrorCode, OwnSendErrorCode } from '../protocol.ts';

const BRAND = Symbol.for('express-whatsapp-gateway.SendError');

/**
 * Why a send failed: the gateway's own code where it gave one (also one nobody has seen before), else one of ours.
 * `docs/errors.md` has a heading for each.
 */
export type SendErrorCode = GatewayErrorCode | OwnSendErrorCode | (string & {});

/**
 * Whether the message can have gone out. `not_sent` is proved: the request was never written, or the gateway
 * refused it in its own words. `unknown` is everything else: never send it again blindly.
 */
export type SendOutcome = 'not_sent' | 'unknown';

/** What the gateway may add to a refusal. Each field is there only if it came, and had the right type. */
export interface SendErrorDetails {
  /** What the gateway did, such as `block`. */
  readonly action?: string;
  /** How risky the gateway found the message. */
  readonly riskScore?: number;
  /** How many messages are allowed. */
  readonly limit?: number;
  /** How many of them are used up. */
  readonly used?: number;
}

/** What a {@link SendError} is made of, beside its message. */
export interface SendErrorFields {
  /** Stable, made for programs. */
  readonly code: SendErrorCode;
  /** Whether the message can have gone out. */
  readonly outcome: SendOutcome;
  /**
   * Whether sending the same again later may work. Counts only where the outcome is `not_sent`.
   *
   * @default false
   */
  readonly retryable?: boolean | undefined;
  /** How many milliseconds the gateway asks to wait (`Retry-After`), if it does. */
  readonly retryAfterMs?: number | undefined;
  /** The HTTP status of the answer, if there was one. */
  readonly status?: number | undefined;
  /**
   * What the gateway added to its refusal.
   *
   * @default nothing
   */
  readonly details?: SendErrorDetails | undefined;
  /** The gateway's own text, if there was one. */
  readonly gatewayMessage?: string | undefined;
  /**
   * How many times a connection was asked to carry the message.
   *
   * @default 0
   */
  readonly attempts?: number | undefined;
  /** The underlying error, if there was one. */
  readonly cause?: unknown;
}

/**
 * Why a send failed. It holds neither the API key, nor the phone number, nor the text; `cause` is a copy of the
 * underlying error from which they were removed.
 *
 * @example
 * try {
 *   await sender.send({ phone, message, purpose: 'transactional' });
 * } catch (error) {
 *   if (isSendError(error) && error.retryable) queue.add(message, { delay: error.retryAfterMs ?? 60_000 });
 *   else throw error;
 * }
 */
export class SendError extends Error {
  /** The class's name. */
  override readonly name: string = 'SendError';
  /** Stable, made for programs. */
  readonly code: SendErrorCode;
  /** Whether the message can have gone out. */
  readonly outcome: SendOutcome;
  /** Whether it is safe to send the same again later, and may work then. Never true where the outcome is unknown. */
  readonly retryable: boolean;
  /** How many milliseconds the gateway asks to wait (`Retry-After`), if it does. */
  readonly retryAfterMs: number | undefined;
  /** The HTTP status of the answer, if there was one. */
  readonly status: number | undefined;
  /** What the gateway added to its refusal. */
  readonly details: SendErrorDetails;
  /**
   * The gateway's own text, if there was one: cut to 1,000 characters, secrets masked, on one line. `message` begins
   * with it.
   */
  readonly gatewayMessage: string | undefined;
  /** How many times a connection was asked to carry the message. */
  readonly attempts: number;

  static {
    // On the prototype, where every copy of this package finds it and no logger prints it.
    Object.defineProperty(SendError.prototype, BRAND, { value: true });
  }

  /**
   * Made by the sender; by you only for a sender of your own, as in a test. `message` says for people what happened
   * and what to do.
   */
  constructor(message: string, fields: SendErrorFields) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = fields.code;
    this.outcome = fields.outcome;
    this.retryable = fields.outcome === 'not_sent' && fields.retryable === true;
    this.retryAfterMs = fields.retryAfterMs;
    this.status = fields.status;
    this.details = Object.freeze({ ...fields.details });
    this.gatewayMessage = fields.gatewayMessage;
    this.attempts = fields.attempts ?? 0;
  }
}

/** What was to be sent cannot be right: correct it, the same send fails again. */
export class SendInputError extends SendError {
  override readonly name: string = 'SendInputError';
}

/** The API key is wrong or revoked: nothing can be sent until it is replaced. */
export class SendAuthError extends SendError {
  override readonly name: string = 'SendAuthError';
}

/** The gateway's policy, or the plan, forbids this message. */
export class SendPolicyError extends SendError {
  override readonly name: string = 'SendPolicyError';
}

/** The recipient opted out or is blocked: stop sending to them. */
export class SendSuppressedError extends SendError {
  override readonly name: string = 'SendSuppressedError';
}

/** Too many messages: send it again after `retryAfterMs`. */
export class SendThrottledError extends SendError {
  override readonly name: string = 'SendThrottledError';
}

/** No connection to the gateway, or it broke: look at `outcome`. */
export class SendConnectionError extends SendError {
  override readonly name: string = 'SendConnectionError';
}

/** It took longer than `timeoutMs`: look at `outcome`. */
export class SendTimeoutError extends SendError {
  override readonly name: string = 'SendTimeoutError';
}

/** The caller's signal, or closing the sender, ended the send: look at `outcome`. */
export class SendAbortedError extends SendError {
  override readonly name: string = 'SendAbortedError';
}

/** The gateway itself failed: look at `outcome`. */
export class SendGatewayError extends SendError {
  override readonly name: string = 'SendGatewayError';
}

/** The answer is not one of the gateway's: nobody knows whether the message went out. */
export class SendBadResponseError extends SendError {
  override readonly name: string = 'SendBadResponseError';
}

/**
 * Tells whether a value is a {@link SendError}, also one of another copy of this package (CommonJS beside ESM, two
 * versions), which `instanceof` would not know.
 *
 * @example
 * if (isSendError(error) && error.outcome === 'unknown') await markForReview(orderId, error.code);
 */
export function isSendError(value: unknown): value is SendError {
  return typeof value === 'object' && value !== null && BRAND in value;
}
