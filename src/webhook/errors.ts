import { RETRY_AFTER_SECONDS, type WebhookErrorCode, webhookErrorStatuses } from '../protocol.ts';

const METHOD = /^[A-Za-z-]{1,20}$/u;
const BRAND = Symbol.for('express-whatsapp-gateway.WebhookError');

/** Why a delivery was refused or not handled. `docs/errors.md` has a heading for each code. */
export class WebhookError extends Error {
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
 * app.use((error, req, res, next) => {
 *   if (isWebhookError(error)) log.warn({ code: error.code, cause: error.cause });
 *   next(error);
 * });
 */
export function isWebhookError(value: unknown): value is WebhookError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

const HOW_TO_MOUNT =
  "Mount the webhook before any body parser: app.post('/webhooks/whatsapp-gateway', whatsappGatewayWebhook({ … })) " +
  'above app.use(express.json()). Where that cannot be, keep the bytes: ' +
  'express.json({ verify: (req, _res, bytes) => { req.rawBody = bytes; } }).';

export function requestAborted(cause?: unknown): WebhookError {
  return new WebhookError('request_aborted', 'The sender went away before the whole body had come.', {
    cause,
  });
}

export function methodNotAllowed(method: string): WebhookError {
  // Node lets only known methods through; who calls the receiver may not, and this text gets into logs.
  const shown = METHOD.test(method) ? method : 'something else';
  return new WebhookError('method_not_allowed', `Deliveries are POST requests, this was ${shown}.`);
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
    `The signature fits none of the ${secrets} secret(s). Either the secret is not the one in the dashboard, or ` +
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

export function handlerFailed(handler: string, cause: unknown): WebhookError {
  return new WebhookError(
    'handler_failed',
    `${handler} failed; its error is the cause. The delivery counts as not handled and may be sent again.`,
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
    `The delivery store could not ${step} the delivery; its error is the cause.`,
    { cause },
  );
}

export function deliveryInFlight(): WebhookError {
  return new WebhookError(
    'delivery_in_flight',
    'Another copy of this delivery is being handled at this moment. Nothing is wrong: send it again later.',
  );
}
