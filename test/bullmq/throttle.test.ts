import { describe, expect, test } from 'vitest';
import { isThrottled, nextFairUseDay, throttleMs } from '../../src/bullmq/throttle.ts';
import { judge } from '../../src/bullmq/verdict.ts';
import { SendError, SendPolicyError, SendThrottledError } from '../../src/sender/errors.ts';

const NOW = Date.parse('2026-05-08T10:00:00Z');
const MIDNIGHT = Date.parse('2026-05-09T00:01:00Z');

describe('the pause of a throttled queue', () => {
  const none = { retryAfterMs: undefined, details: {} };
  test.each([
    ['what the gateway asks for', { ...none, retryAfterMs: 42_000 }, 42_000],
    ['at least a second', { ...none, retryAfterMs: 0 }, 1_000],
    ['at most a month, whatever that is', { ...none, retryAfterMs: 1e23 }, 31 * 86_400_000],
    ['a minute where it does not say', none, 60_000],
    ['a minute where a limit is not used up', { ...none, details: { limit: 100, used: 99 } }, 60_000],
    ['until the day turns where it is', { ...none, details: { limit: 100, used: 100 } }, MIDNIGHT - NOW],
    ['what is asked for, all the same', { retryAfterMs: 5_000, details: { limit: 30, used: 30 } }, 5_000],
  ])('is %s', (_name, error, ms) => {
    expect(throttleMs(error, NOW, nextFairUseDay)).toBe(ms);
  });

  test('is as long as the app says, within reason', () => {
    const error = { retryAfterMs: undefined, details: { limit: 1, used: 1 } };
    expect(throttleMs(error, NOW, (now) => now + 7_000)).toBe(7_000);
    expect(throttleMs(error, NOW, () => 0)).toBe(1_000);
    expect(throttleMs(error, NOW, () => Number.NaN)).toBe(60_000);
    expect(throttleMs(error, NOW, () => Number.MAX_VALUE)).toBe(31 * 86_400_000);
  });

  test('of a day ends a minute after midnight UTC', () => {
    expect(nextFairUseDay(Date.parse('2026-12-31T23:59:59.999Z'))).toBe(Date.parse('2027-01-01T00:01:00Z'));
    expect(nextFairUseDay(Date.parse('2026-05-08T00:00:00Z'))).toBe(MIDNIGHT);
  });
});

describe('the verdict on a failed send', () => {
  const failed = (fields: object) => new SendError('x', { code: 'x', outcome: 'not_sent', ...fields });
  test.each([
    ['retry', failed({ retryable: true, retryAfterMs: 5 })],
    ['retry', failed({ code: 'sender_closed' })],
    ['retry', failed({ code: 'aborted' })],
    ['refused', failed({})],
    ['refused', new SendPolicyError('x', { code: 'policy_violation', outcome: 'not_sent' })],
    ['throttled', new SendThrottledError('x', { code: 'unknown_error', outcome: 'not_sent' })],
    ['throttled', failed({ code: 'sending_throttled' })],
    ['unknown', failed({ code: 'sending_throttled', outcome: 'unknown' })],
    ['unknown', failed({ outcome: 'unknown', retryable: true })],
    ['unknown', failed({ outcome: 'something else' })],
    ['unknown', new TypeError('x is not a function')],
    ['unknown', undefined],
  ])('is %s', (type, error) => {
    expect(judge(error).type).toBe(type);
  });

  test('knows a throttled send of another copy of the package', () => {
    expect(isThrottled(Object.assign(failed({}), { name: 'SendThrottledError' }))).toBe(true);
  });
});
