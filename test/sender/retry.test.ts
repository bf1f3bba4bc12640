import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRetryAfter, retryDelayMs } from '../../src/sender/retry.ts';

const NOW = Date.parse('1994-11-06T08:49:07Z');

describe('Retry-After', () => {
  test.each([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['86400', 86_400_000],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 30_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 30_000],
    ['Sun Nov  6 08:49:37 1994', 30_000],
    ['Sun Nov 13 08:49:37 1994', 604_830_000],
    ['Sun, 06 Nov 1994 08:49:07 GMT', 0],
    ['Sat, 05 Nov 1994 08:49:07 GMT', 0],
  ])('%j is %d ms', (value, expected) => {
    expect(parseRetryAfter(value, NOW)).toBe(expected);
  });

  test.each([
    undefined,
    '',
    '-1',
    '1.5',
    '1e3',
    '0x10',
    '10s',
    '1, 2',
    '1994-11-06T08:49:37Z',
    'Sun, 99 Nov 1994 08:49:37 GMT',
    'On Sun, 06 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT, or later',
    'Sun, 06 Nov 1994 08:49:37 +0100',
    'Sun, 06 Nov 1994 08:49:37 GMT+0100',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'On Sunday, 06-Nov-94 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMT+1',
    'Sunday, 6-Nov-94 08:49:37 GMT',
    'On Sun Nov  6 08:49:37 1994',
    'Sun Nov  6 08:49:37 1994 +0100',
    'Sun Nov 6 08:49:37 1994',
    'a7',
    'soon',
    '9'.repeat(400),
  ])('%j is nothing', (value) => {
    expect(parseRetryAfter(value, NOW)).toBeUndefined();
  });

  test('is a time to wait, or nothing, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.date({ noInvalidDate: true }).map(String)), (value) => {
        const waitMs = parseRetryAfter(value, NOW);
        expect(waitMs === undefined || (Number.isSafeInteger(waitMs) && waitMs >= 0)).toBe(true);
      }),
    );
  });

  test('is understood for every second and date', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        expect(parseRetryAfter(String(seconds), NOW)).toBe(seconds * 1_000);
        expect(parseRetryAfter(new Date(NOW + seconds * 1_000).toUTCString(), NOW)).toBe(seconds * 1_000);
      }),
    );
  });
});

describe('the wait before a try', () => {
  const timing = { minDelayMs: 250, maxDelayMs: 5_000 };

  test('doubles up to its bound', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 100, 2_000].map((retry) => retryDelayMs(retry, timing, () => 1));
    expect(longest).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000, 5_000]);
  });

  test('is a random part of it, down to nothing', () => {
    expect(retryDelayMs(3, timing, () => 0)).toBe(0);
    expect(retryDelayMs(3, timing, () => 0.5)).toBe(500);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (retry) => {
        const delayMs = retryDelayMs(retry, timing);
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThanOrEqual(5_000);
      }),
    );
  });
});
