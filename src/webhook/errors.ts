import { RETRY_AFTER_SECONDS, type WebhookErrorCode, webhookErrorStatuses } from '../protocol.ts';

const METHOD = /^[A-Za-z-]{1,20}$/u;
const BRAND = Symbol.for('express-whatsapp-gateway.WebhookError');

/** Why a delivery was refused or not handled. `docs/errors.md` has a heading for each code. */
export class WebhookError extends Error {
  /** The class's name. */
  override readonly name = 'WebhookError';
  /** Stable, made for programs. */
  readonly code: WebhookErrorCode;
  /** The HTTP status it is answered with; Express's own error handler answers with it too. */
  readonly status: number;
  /** Response headers that go with it; Express's own error handler sends them too. */
  readonly headers: Readonly<Record<string, string>>;

  static {
    // On the prototype, where every copy of this package finds it and no logger prints it.
    Object.defineProperty(WebhookError.prototype, BRAND, { value: true });
  }

  /**
   * Made by this package; by you only to answer 503 from a handler that stores deliveries, with `store_unavailable`.
   * `message` says for people what happened and what to do.
   */
  constructor(code: WebhookErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.status = webhookErrorStatuses[code];
    this.headers = responseHeaders(code, this.status);
  }
}

function responseHeaders(code: WebhookErrorCode, status: number): Record<string, string> {
  if (code === 'method_not_allowed') return { Allow: 'POST' };
  return status === 503 ? { 'Retry-After': String(RETRY_AFTER_SECONDS) } : {};
}

/**
 * Tells whether a value is a {@link WebhookError}, also one of another copy of this package (CommonJS beside ESM,
 * two versions), which `instanceof` would not know.
 *
 * @example
 * const reportWebhookError: ErrorRequestHandler = (error, _req, _res, next) => {
 *   if (isWebhookError(error)) log.error({ code: error.code, cause: error.cause });
 *   next(error);
 * };
 * app.use(reportWebhookError);
 */
export function isWebhookError(value: unknown): value is WebhookError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

const HOW_TO_MOUNT =
  "Mount the webhook before any body parser: app.post('/webhooks/whatsapp-gateway', whatsappGatewayWebhook({ … })) " +
  'above app.use(express.json()). Where that cannot be, keep the bytes: ' +
  'express.json({ verify: (req, _res, bytes) => { Object.assign(req, { rawBody: bytes }); } }).';

const CAUSE_IS_UNSEEN = "which Express's own error handler does not print";

export function requestAborted(cause?: unknown): WebhookError {
  return new WebhookError('request_aborted', 'The sender went away before the whole body had come.', {
    cause,
  });
}

export function methodNotAllowed(method: string): WebhookError {
  // Node lets only known methods through; who calls the receiver may not, and this text gets into logs.
  const shown = METHOD.test(method) ? method : 'something else';
  return new WebhookError(
    'method_not_allowed',
    `Deliveries are POST requests, this was ${shown}. Mount with app.post and a path: app.use without one answers ` +
      'every request of the app.',
  );
}

export function missingHeader(name: string): WebhookError {
  return new WebhookError(
    'missing_header',
    `Header ${name} is missing or empty. Unsigned deliveries are refused: generate a signing secret in the ` +
      "gateway's dashboard, and see that no proxy drops the header.",
  );
}

export function invalidSignature(secrets: number): WebhookError {
  return new WebhookError(
    'invalid_signature',
    `The signature was made with none of the secrets given (${secrets}). Either the secret is not the one in the dashboard, or ` +
      `something changed the body before the check. ${HOW_TO_MOUNT}`,
  );
}

export function invalidTimestamp(): WebhookError {
  return new WebhookError(
    'invalid_timestamp',
    'The timestamp header is neither ISO 8601 with a zone nor Unix seconds or milliseconds.',
  );
}

export function timestampOutOfRange(ageMs: number, toleranceSeconds: number): WebhookError {
  const seconds = Math.abs(Math.round(ageMs / 1_000));
  return new WebhookError(
    'timestamp_out_of_range',
    `The delivery was signed ${seconds} s ${ageMs < 0 ? 'ahead of' : 'before'} our clock; ${toleranceSeconds} s ` +
      'are allowed. An old copy is refused on purpose; otherwise set the clock (NTP) or toleranceSeconds.',
  );
}

export function invalidJson(reason: string): WebhookError {
  return new WebhookError('invalid_json', `The body is signed but cannot be read as JSON: ${reason}.`);
}

export function invalidEvent(reason: string): WebhookError {
  return new WebhookError('invalid_event', `The body is signed JSON but no event of the gateway: ${reason}.`);
}

export function bodyTooLarge(limitBytes: number): WebhookError {
  return new WebhookError(
    'body_too_large',
    `The body has more than ${limitBytes} bytes. Raise bodyLimitBytes if the gateway really sends that much.`,
  );
}

export function unsupportedContentEncoding(): WebhookError {
  return new WebhookError(
    'unsupported_content_encoding',
    'The body is compressed. The signature covers the bytes as they are sent: send them uncompressed.',
  );
}

export function unsupportedContentType(): WebhookError {
  return new WebhookError('unsupported_content_type', 'The body is not declared as JSON (application/json).');
}

export function rawBodyUnavailable(): WebhookError {
  return new WebhookError(
    'raw_body_unavailable',
    `The body was read before this middleware and its bytes are gone, so no signature can be checked. ${HOW_TO_MOUNT}`,
  );
}

/** For what never went through a middleware: `verifyWebhook`, and a receiver's own callers. */
export function rawBodyUnusable(given: unknown): WebhookError {
  return new WebhookError(
    'raw_body_unavailable',
    `rawBody is ${given === undefined ? 'missing' : `of type ${typeof given}`} and not bytes or text, so no signature can be checked. Give the body as it came, before ` +
      'anything parses it, such as new Uint8Array(await request.arrayBuffer()).',
  );
}

export function handlerFailed(handler: string, cause: unknown): WebhookError {
  return new WebhookError(
    'handler_failed',
    `${handler} failed: log error.cause, ${CAUSE_IS_UNSEEN}. The delivery counts as not handled and may be sent again.`,
    { cause },
  );
}

export function handlerTimeout(handler: string, timeoutMs: number): WebhookError {
  return new WebhookError(
    'handler_timeout',
    `${handler} was not done after ${timeoutMs} ms. Queue slow work, or raise handlerTimeoutMs.`,
  );
}

export function storeUnavailable(step: string, cause: unknown): WebhookError {
  return new WebhookError(
    'store_unavailable',
    `The delivery store could not ${step} the delivery: log error.cause, ${CAUSE_IS_UNSEEN}.`,
    { cause },
  );
}

export function deliveryInFlight(): WebhookError {
  return new WebhookError(
    'delivery_in_flight',
    'Another copy of this delivery is being handled at this moment. Nothing is wrong: send it again later.',
  );
}
