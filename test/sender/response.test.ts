import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GatewayErrorCode, gatewayErrorStatuses } from '../../src/protocol.ts';
import { isSendError } from '../../src/sender/errors.ts';
import { readAnswer } from '../../src/sender/response.ts';
import { context, failure, KEY, read } from './support/answers.ts';

describe('a success', () => {
  test('is read as documented', () => {
    expect(read(200, { success: true, status: 'sent', message_id: 'abc', log_id: 123 })).toEqual({
      status: 'sent',
      messageId: 'abc',
      logId: 123,
    });
  });

  test.each([200, 201, 302, 404, 500, 502])('is one with HTTP %d', (status) => {
    expect(read(status, { success: true })).toEqual({ status: 'sent', messageId: null, logId: null });
  });

  test.each([
    [{ message_id: 42 }, { messageId: '42' }],
    [{ message_id: '' }, { messageId: null }],
    [{ message_id: {} }, { messageId: null }],
    [{ log_id: '123' }, { logId: null }],
    [{ status: 'queued' }, { status: 'queued' }],
    [{ status: 7 }, { status: 'sent' }],
  ])('takes %j as %j', (fields, expected) => {
    expect(read(200, { success: true, ...fields })).toMatchObject(expected);
  });

  test('may begin with a byte order mark', () => {
    expect(read(200, '\ufeff{"success":true}')).toMatchObject({ status: 'sent' });
  });
});

describe('a documented code', () => {
  const names: Record<GatewayErrorCode, string> = {
    invalid_json: 'SendInputError',
    invalid_api_key: 'SendAuthError',
    revoked_api_key: 'SendAuthError',
    invalid_instance: 'SendInputError',
    validation_error: 'SendInputError',
    message_purpose_required: 'SendInputError',
    message_purpose_not_allowed: 'SendInputError',
    module_not_enabled: 'SendPolicyError',
    recipient_suppressed: 'SendSuppressedError',
    policy_violation: 'SendPolicyError',
    sending_throttled: 'SendThrottledError',
    payload_too_large: 'SendInputError',
    gateway_send_failed: 'SendGatewayError',
  };

  test.each(Object.entries(gatewayErrorStatuses))('%s (%d) has its class and its text', (code, status) => {
    const text = `What the gateway says of ${code}`;
    const error = failure(status, { success: false, error: code, message: text });
    expect(error).toMatchObject({
      name: names[code as GatewayErrorCode],
      code,
      status,
      gatewayMessage: text,
      outcome: code === 'gateway_send_failed' ? 'unknown' : 'not_sent',
      retryable: code === 'sending_throttled',
    });
    expect(error.message.startsWith(`${text} [`)).toBe(true);
  });

  test.each([200, 302, 400, 408, 429, 500, 503])('goes before HTTP %d', (status) => {
    expect(failure(status, { success: false, error: 'invalid_api_key' })).toMatchObject({
      name: 'SendAuthError',
      outcome: 'not_sent',
    });
    expect(failure(status, { error: 'gateway_send_failed' })).toMatchObject({
      name: 'SendGatewayError',
      outcome: 'unknown',
    });
  });
});

describe('an unseen code', () => {
  test.each([
    [200, 'SendGatewayError', 'not_sent', false],
    [400, 'SendInputError', 'not_sent', false],
    [401, 'SendAuthError', 'not_sent', false],
    [403, 'SendPolicyError', 'not_sent', false],
    [404, 'SendInputError', 'not_sent', false],
    [408, 'SendGatewayError', 'unknown', false],
    [413, 'SendInputError', 'not_sent', false],
    [418, 'SendInputError', 'not_sent', false],
    [422, 'SendInputError', 'not_sent', false],
    [429, 'SendThrottledError', 'not_sent', true],
    [500, 'SendGatewayError', 'unknown', false],
    [599, 'SendGatewayError', 'unknown', false],
  ])('with HTTP %d keeps its name and text, as %s', (status, name, outcome, retryable) => {
    expect(failure(status, { success: false, error: 'brand_new', message: 'Own words' })).toMatchObject({
      name,
      outcome,
      retryable,
      code: 'brand_new',
      gatewayMessage: 'Own words',
    });
  });

  test.each([300, 302, 399])('with HTTP %d leaves it unknown', (status) => {
    expect(failure(status, { success: false, error: 'brand_new' })).toMatchObject({
      code: 'bad_response',
      outcome: 'unknown',
    });
  });

  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('named %s is only a name', (code) => {
    expect(failure(422, `{"success":false,"error":"${code}"}`)).toMatchObject({
      code,
      name: 'SendInputError',
    });
  });

  test.each([undefined, null, '', 7, {}, 'two words', 'x'.repeat(101), `key.${KEY}`, 'a\nb'])(
    '%j is none',
    (code) => {
      expect(failure(422, { success: false, error: code })).toMatchObject({
        code: 'unknown_error',
        gatewayMessage: 'Request failed.',
      });
    },
  );
});

describe('an answer that is not one of the gateway', () => {
  const bodies: [string, string][] = [
    ['HTML', '<!doctype html><h1>Bad gateway</h1>'],
    ['nothing', ''],
    ['half of JSON', '{"success":false,"error":"invalid_'],
    ['an array', '[{"success":true}]'],
    ['a string', '"success"'],
    ['null', 'null'],
  ];
  test.each(bodies)('%s is told by the HTTP status', (_, body) => {
    for (const status of [200, 204, 302]) {
      expect(failure(status, body)).toMatchObject({ code: 'bad_response', outcome: 'unknown' });
    }
    expect(failure(401, body)).toMatchObject({
      name: 'SendAuthError',
      code: 'unknown_error',
      outcome: 'not_sent',
    });
    expect(failure(429, body)).toMatchObject({ name: 'SendThrottledError', retryable: true });
    expect(failure(413, body)).toMatchObject({ name: 'SendInputError', outcome: 'not_sent' });
    expect(failure(413, body).message).toMatch('Request failed. [');
    for (const status of [408, 500, 502, 503, 504]) {
      expect(failure(status, body)).toMatchObject({
        name: 'SendGatewayError',
        code: 'unknown_error',
        outcome: 'unknown',
        gatewayMessage: undefined,
      });
    }
  });

  test.each(['true', 'false', 1, 0, {}, []])('success: %j says neither yes nor no', (success) => {
    for (const status of [200, 422, 500]) {
      expect(failure(status, { success, error: 'invalid_api_key' })).toMatchObject({
        name: 'SendBadResponseError',
        code: 'bad_response',
        outcome: 'unknown',
        status,
      });
    }
  });

  test('success: null is the same as none', () => {
    expect(failure(200, { success: null, error: 'invalid_api_key' })).toMatchObject({
      name: 'SendAuthError',
      outcome: 'not_sent',
    });
  });

  test('an object without success is told by the HTTP status', () => {
    expect(failure(200, {})).toMatchObject({ code: 'bad_response', outcome: 'unknown' });
    expect(failure(422, { message: 'The phone field is required.' })).toMatchObject({
      code: 'unknown_error',
      outcome: 'not_sent',
      gatewayMessage: 'The phone field is required.',
    });
  });
});

describe('whatever comes', () => {
  const statuses = fc.integer({ min: 200, max: 599 });

  function settles(status: number, body: Uint8Array | undefined, retryAfter?: string): void {
    let outcome: string | undefined;
    try {
      readAnswer({ status, body, retryAfter }, context);
      outcome = 'sent';
    } catch (error) {
      if (!isSendError(error)) throw error;
      outcome = error.outcome;
      expect(error.retryable && error.outcome === 'unknown').toBe(false);
      expect(error.message).not.toContain(KEY);
    }
    expect(['sent', 'not_sent', 'unknown']).toContain(outcome);
  }

  test('any bytes settle as a success or a SendError', () => {
    fc.assert(
      fc.property(statuses, fc.uint8Array(), fc.option(fc.string()), (status, body, retryAfter) =>
        settles(status, body, retryAfter ?? undefined),
      ),
    );
    settles(200, undefined);
  });

  test('any JSON does too', () => {
    fc.assert(fc.property(statuses, fc.json(), (status, body) => settles(status, Buffer.from(body))));
  });

  test('anything in the place of the documented fields does too', () => {
    const value = fc.oneof(
      fc.constantFrom(true, false, 'true', KEY, ...Object.keys(gatewayErrorStatuses)),
      fc.jsonValue(),
    );
    const body = fc.record(
      {
        success: value,
        status: value,
        message_id: value,
        log_id: value,
        error: value,
        message: value,
        details: value,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(statuses, body, (status, fields) => {
        settles(status, Buffer.from(JSON.stringify(fields)));
        // Nothing but true counts as sent.
        if (fields.success !== true) expect(() => read(status, fields)).toThrow();
      }),
    );
  });
});
