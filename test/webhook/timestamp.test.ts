import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTimestamp } from '../../src/webhook/timestamp.ts';

const TEN = Date.parse('2026-05-08T10:00:00Z');
const KNOWN_FORM =
  /^(?:\d{9,10}|\d{12,13}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d))$/u;

describe('parseTimestamp', () => {
  it.each([
    ['2026-05-08T10:00:00Z', TEN],
    ['2026-05-08T10:00:00.5Z', TEN + 500],
    ['2026-05-08T10:00:00.123Z', TEN + 123],
    ['2026-05-08T10:00:00.123456Z', TEN + 123],
    ['2026-05-08T10:00:00.123456789Z', TEN + 123],
    ['2026-05-08T13:00:00+03:00', TEN],
    ['2026-05-08T13:00:00+0300', TEN],
    ['2026-05-08T07:30:00.000-02:30', TEN],
    ['2026-05-08T10:00:00-00:00', TEN],
    ['1778234400', TEN],
    ['1778234400000', TEN],
    ['999999999', 999_999_999_000],
    ['999999999999', 999_999_999_999],
  ])('reads %s', (text, milliseconds) => {
    expect(parseTimestamp(text)).toEqual(new Date(milliseconds));
  });

  it.each([
    ['trailing letters', '1700000000abc'],
    ['trailing letters on ISO 8601', '2026-05-08T10:00:00Zjunk'],
    ['a comment behind ISO 8601', '2026-05-08T10:00:00Z (UTC)'],
    ['leading letters on ISO 8601', 'at 2026-05-08T10:00:00Z'],
    ['leading letters before an offset', 'at 2026-05-08T13:00:00+03:00'],
    ['a trailing line break', '1778234400\n'],
    ['leading white space', ' 1778234400'],
    ['words', 'yesterday'],
    ['NaN', 'NaN'],
    ['Infinity', 'Infinity'],
    ['nothing', ''],
    ['no zone', '2026-05-08T10:00:00'],
    ['a space for the T', '2026-05-08 10:00:00Z'],
    ['a date alone', '2026-05-08'],
    ['no seconds', '2026-05-08T10:00Z'],
    ['a 13th month', '2026-13-08T10:00:00Z'],
    ['a 25th hour', '2026-05-08T25:00:00Z'],
    ['an offset of 99 hours', '2026-05-08T10:00:00+99:00'],
    ['a year of six digits', '+002026-05-08T10:00:00Z'],
    ['microseconds since 1970', '1778234400000000'],
    ['11 digits', '17782344000'],
    ['8 digits', '17782344'],
    ['a sign', '+1778234400'],
    ['a negative number', '-1778234400'],
    ['a fraction of seconds', '1778234400.5'],
    ['an exponent', '1.7782344e9'],
    ['hexadecimal digits', '0x69fdb3e0'],
    ['Arabic digits', '١٧٧٨٢٣٤٤٠٠'],
    ['the form of HTTP', 'Fri, 08 May 2026 10:00:00 GMT'],
    ['two timestamps', '1778234400, 1778234400'],
    ['a fraction of 10 digits', '2026-05-08T10:00:00.1234567890Z'],
  ])('refuses a timestamp with %s', (_name, text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it('reads whatever Date writes, to the millisecond', () => {
    const from1973To2286 = fc.date({
      min: new Date(100_000_000_000),
      max: new Date(9_999_999_999_999),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(from1973To2286, (date) => {
        const milliseconds = date.getTime();
        expect(parseTimestamp(date.toISOString())).toEqual(date);
        expect(parseTimestamp(String(milliseconds))).toEqual(date);
        expect(parseTimestamp(String(Math.floor(milliseconds / 1_000)))).toEqual(
          new Date(milliseconds - (milliseconds % 1_000)),
        );
      }),
    );
  });

  it('reads nothing but the three known forms, from any text', () => {
    const digitsAndSigns = fc.string({
      unit: fc.constantFrom(...'0123456789-:.TZ+ e'),
      maxLength: 32,
    });
    fc.assert(
      fc.property(fc.oneof(fc.string(), digitsAndSigns, fc.integer().map(String)), (text) => {
        const date = parseTimestamp(text);
        if (date === undefined) return;
        expect(text).toMatch(KNOWN_FORM);
        expect(date.getTime()).not.toBeNaN();
      }),
    );
  });
});
