import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { type WebhookErrorCode, webhookErrorStatuses } from '../../src/protocol.ts';
import * as errors from '../../src/webhook/errors.ts';

const { isWebhookError, WebhookError } = errors;

const codes = Object.keys(webhookErrorStatuses) as WebhookErrorCode[];

describe('WebhookError', () => {
  it.each(codes)('%s carries its status, code, name and cause', (code) => {
    const cause = new Error('why');
    const error = new WebhookError(code, 'what happened', { cause });
    expect(error).toMatchObject({ name: 'WebhookError', code, status: webhookErrorStatuses[code], cause });
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toBe('WebhookError: what happened');
  });

  it.each(codes)('%s carries the response headers of its status', (code) => {
    const { headers, status } = new WebhookError(code, '');
    if (status === 503) expect(headers).toEqual({ 'Retry-After': '5' });
    else expect(headers).toEqual(status === 405 ? { Allow: 'POST' } : {});
  });

  it('keeps its cause out of JSON', () => {
    const error = new WebhookError('handler_failed', 'it failed', { cause: new Error('+966501234567') });
    expect(JSON.stringify(error)).not.toContain('966501234567');
    expect(inspect(error)).toContain('966501234567');
  });
});

describe('isWebhookError', () => {
  it('goes by a mark that every version of this package knows', () => {
    const mark = Symbol.for('express-whatsapp-gateway.WebhookError');
    expect(mark in new WebhookError('invalid_json', '')).toBe(true);
    expect(isWebhookError({ [mark]: true })).toBe(true);
  });

  it('knows an error of another copy of this package, which instanceof does not', async () => {
    vi.resetModules();
    const copy = await import('../../src/webhook/errors.ts');
    const error = new copy.WebhookError('invalid_json', '');
    expect(error).not.toBeInstanceOf(WebhookError);
    expect(isWebhookError(error)).toBe(true);
    expect(copy.isWebhookError(new WebhookError('invalid_json', ''))).toBe(true);
  });

  it.each([
    undefined,
    null,
    'WebhookError',
    0,
    new Error('x'),
    Object.assign(new Error('x'), { name: 'WebhookError', code: 'invalid_json', status: 400 }),
    {},
    () => undefined,
  ])('denies %s', (value) => {
    expect(isWebhookError(value)).toBe(false);
  });
});

const HOW_TO_MOUNT =
  "Mount the webhook before any body parser: app.post('/webhooks/whatsapp-gateway', whatsappGatewayWebhook({ … })) " +
  'above app.use(express.json()). Where that cannot be, keep the bytes: ' +
  'express.json({ verify: (req, _res, bytes) => { Object.assign(req, { rawBody: bytes }); } }).';

const cause = new Error('why');

describe('what an operator reads', () => {
  it.each<[WebhookErrorCode, errors.WebhookError, string]>([
    ['request_aborted', errors.requestAborted(cause), 'The sender went away before the whole body had come.'],
    [
      'method_not_allowed',
      errors.methodNotAllowed('GET'),
      'Deliveries are POST requests, this was GET. Mount with app.post and a path: app.use without one answers every ' +
        'request of the app.',
    ],
    [
      'missing_header',
      errors.missingHeader('x-signature'),
      'Header x-signature is missing or empty. Unsigned deliveries are refused: generate a signing secret in the ' +
        "gateway's dashboard, and see that no proxy drops the header.",
    ],
    [
      'invalid_signature',
      errors.invalidSignature(2),
      'The signature was made with none of the secrets given (2). Either the secret is not the one in the dashboard, or something ' +
        `changed the body before the check. ${HOW_TO_MOUNT}`,
    ],
    [
      'invalid_timestamp',
      errors.invalidTimestamp(),
      'The timestamp header is neither ISO 8601 with a zone nor Unix seconds or milliseconds.',
    ],
    [
      'timestamp_out_of_range',
      errors.timestampOutOfRange(301_400, 300),
      'The delivery was signed 301 s before our clock; 300 s are allowed. An old copy is refused on purpose; ' +
        'otherwise set the clock (NTP) or toleranceSeconds.',
    ],
    [
      'timestamp_out_of_range',
      errors.timestampOutOfRange(-86_400_000, 60),
      'The delivery was signed 86400 s ahead of our clock; 60 s are allowed. An old copy is refused on purpose; ' +
        'otherwise set the clock (NTP) or toleranceSeconds.',
    ],
    [
      'invalid_json',
      errors.invalidJson('it is empty'),
      'The body is signed but cannot be read as JSON: it is empty.',
    ],
    [
      'invalid_event',
      errors.invalidEvent('it is an array'),
      'The body is signed JSON but no event of the gateway: it is an array.',
    ],
    [
      'body_too_large',
      errors.bodyTooLarge(1_000),
      'The body has more than 1000 bytes. Raise bodyLimitBytes if the gateway really sends that much.',
    ],
    [
      'unsupported_content_encoding',
      errors.unsupportedContentEncoding(),
      'The body is compressed. The signature covers the bytes as they are sent: send them uncompressed.',
    ],
    [
      'unsupported_content_type',
      errors.unsupportedContentType(),
      'The body is not declared as JSON (application/json).',
    ],
    [
      'raw_body_unavailable',
      errors.rawBodyUnavailable(),
      'The body was read before this middleware and its bytes are gone, so no signature can be checked. ' +
        HOW_TO_MOUNT,
    ],
    [
      'handler_failed',
      errors.handlerFailed('onMessage', cause),
      "onMessage failed: log error.cause, which Express's own error handler does not print. The delivery counts as not " +
        'handled and may be sent again.',
    ],
    [
      'handler_timeout',
      errors.handlerTimeout('onOptOut', 500),
      'onOptOut was not done after 500 ms. Queue slow work, or raise handlerTimeoutMs.',
    ],
    [
      'store_unavailable',
      errors.storeUnavailable('claim', cause),
      "The delivery store could not claim the delivery: log error.cause, which Express's own error handler does not print.",
    ],
    [
      'delivery_in_flight',
      errors.deliveryInFlight(),
      'Another copy of this delivery is being handled at this moment. Nothing is wrong: send it again later.',
    ],
  ])('of %s', (code, error, message) => {
    expect(error).toBeInstanceOf(WebhookError);
    expect(error).toMatchObject({ code, message });
  });

  it.each([
    ['requestAborted', errors.requestAborted(cause)],
    ['handlerFailed', errors.handlerFailed('onEvent', cause)],
    ['storeUnavailable', errors.storeUnavailable('complete', cause)],
  ])('%s keeps what went wrong as the cause', (_name, error) => {
    expect(error.cause).toBe(cause);
  });
});

describe('a method in an error', () => {
  it.each(['GET', 'get', 'M-SEARCH', 'A', 'x'.repeat(20)])('%s is shown', (method) => {
    expect(errors.methodNotAllowed(method).message).toContain(`this was ${method}. Mount`);
  });

  it.each(['', '1GET', 'GET1', 'GET\n', 'GE T', 'x'.repeat(21)])('%j is not shown', (method) => {
    expect(errors.methodNotAllowed(method).message).toContain('this was something else. Mount');
  });
});

describe('a body that is neither bytes nor text', () => {
  it.each([
    [undefined, 'rawBody is missing and not bytes or text'],
    [{}, 'rawBody is of type object and not bytes or text'],
  ])('%j is named', (given, text) => {
    expect(errors.rawBodyUnusable(given).message).toContain(text);
  });
});
