import { describe, expect, test } from 'vitest';
import { MAX_GATEWAY_TEXT_CHARACTERS } from '../../src/protocol.ts';
import { failure, KEY } from './support/answers.ts';

describe('what an error says', () => {
  const blindly = 'may have been sent: do not send it again blindly, look in the dashboard first';

  test.each([
    ['validation_error', 422, 'not sent: correct it first, the same send fails again'],
    ['invalid_api_key', 401, 'not sent: check the API key in the dashboard'],
    ['policy_violation', 403, 'not sent: the gateway does not allow it, the same send fails again'],
    ['recipient_suppressed', 403, 'not sent: this recipient opted out or is blocked, do not send to them'],
    ['sending_throttled', 429, 'not sent: safe to send again later'],
    ['gateway_send_failed', 502, blindly],
    ['brand_new', 200, 'not sent: the gateway refused it'],
    ['brand_new', 503, blindly],
  ])('of %s with HTTP %d ends with what to do', (code, status, advice) => {
    const error = failure(status, { success: false, error: code, message: 'Own words.' });
    expect(error.message).toBe(`Own words. [${advice}]`);
  });

  test('of an answer that is not one of the gateway begins with where to look', () => {
    expect(failure(200, '<html>')).toHaveProperty(
      'message',
      `The answer is not one of the gateway. Check baseUrl, and any proxy on the way. [${blindly}]`,
    );
    expect(failure(503, '<html>')).toHaveProperty('message', `Request failed. [${blindly}]`);
  });
});

describe('what comes with a failure', () => {
  test('details are taken over where their type is right', () => {
    const details = { action: 'block', risk_score: 90, limit: 100, used: 100, more: 1 };
    expect(failure(403, { success: false, error: 'policy_violation', details }).details).toEqual({
      action: 'block',
      riskScore: 90,
      limit: 100,
      used: 100,
    });
    expect(
      failure(403, { success: false, details: { action: 7, risk_score: '90', limit: null, used: {} } })
        .details,
    ).toEqual({});
    expect(failure(403, { success: false, details: 'block' }).details).toEqual({});
  });

  test('Retry-After is honoured with any failure', () => {
    expect(failure(429, { success: false, error: 'sending_throttled' }, '120').retryAfterMs).toBe(120_000);
    expect(failure(503, '', 'Fri, 08 May 2026 10:00:30 GMT').retryAfterMs).toBe(30_000);
    expect(failure(429, '').retryAfterMs).toBeUndefined();
  });

  test.each([undefined, null, '', ' \n', 7, {}])('a text that is %j is none', (message) => {
    expect(failure(422, { success: false, message }).gatewayMessage).toBe('Request failed.');
  });

  test('a text stays on one line, so that it forges no line of a log', () => {
    const message = 'no\r\n2026-05-08 INFO sent ok\u001b[2K\u2028\u0085 end';
    const error = failure(422, { success: false, message, details: { action: 'block\nblock' } });
    expect(error.gatewayMessage).toBe('no 2026-05-08 INFO sent ok [2K  end');
    expect(error.message).toContain('no 2026-05-08 INFO sent ok [2K  end [not sent');
    expect(error.details.action).toBe('block block');
  });

  test('the words of the action are cut and masked too, and else left as they came', () => {
    const actionOf = (action: string) => failure(403, { success: false, details: { action } }).details.action;
    expect(actionOf(`block ${KEY}`)).toBe('block [API key]');
    expect(actionOf('b'.repeat(2_000))).toBe(`${'b'.repeat(MAX_GATEWAY_TEXT_CHARACTERS)}…`);
    expect(actionOf(' ')).toBe(' ');
  });

  test('a text is cut after a thousand characters, and never within one', () => {
    const textOf = (message: string) => failure(422, { success: false, message }).gatewayMessage;
    const exact = 'م'.repeat(MAX_GATEWAY_TEXT_CHARACTERS);
    expect(textOf(exact)).toBe(exact);
    expect(textOf(`${exact}x`)).toBe(`${exact}…`);
    expect(textOf(`${exact.slice(1)}👋`)).toBe(`${exact.slice(1)}…`);
    // Half a character that came so is left.
    expect(textOf(`\ud83d${exact}`)).toBe(`\ud83d${exact.slice(1)}…`);
  });

  test('a text is masked before it is cut', () => {
    const error = failure(422, {
      success: false,
      error: 'validation_error',
      message: `Key ${KEY}, phones +966501234567 and 966501234567: the text itself`,
    });
    expect(error.gatewayMessage).toBe('Key [API key], phones [phone] and [phone]: [message]');
    expect(failure(422, { success: false, message: 'م'.repeat(2_000) }).gatewayMessage).toBe(
      `${'م'.repeat(MAX_GATEWAY_TEXT_CHARACTERS)}…`,
    );
  });
});
