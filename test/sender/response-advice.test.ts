import { describe, expect, test } from 'vitest';
import { createMask } from '../../src/sender/mask.ts';
import { readAnswer } from '../../src/sender/response.ts';

const context = { attempts: 1, mask: createMask({ apiKey: 'wg_live_0123456789abcdef' }), now: 0 };

function refusal(status: number, body: object | string): unknown {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  try {
    return readAnswer({ status, body: Buffer.from(text) }, context);
  } catch (error) {
    return error;
  }
}

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
    const error = refusal(status, { success: false, error: code, message: 'Own words.' });
    expect(error).toHaveProperty('message', `Own words. [${advice}]`);
  });

  test('of an answer that is not one of the gateway begins with where to look', () => {
    expect(refusal(200, '<html>')).toHaveProperty(
      'message',
      `The answer is not one of the gateway. Check baseUrl, and any proxy on the way. [${blindly}]`,
    );
    expect(refusal(503, '<html>')).toHaveProperty('message', `Request failed. [${blindly}]`);
  });
});
