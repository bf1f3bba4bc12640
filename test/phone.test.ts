import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizePhone } from '../src/phone.ts';

const E164 = /^\+[1-9]\d{6,14}$/u;
const PHONE = '+966501234567';

const digits = fc
  .tuple(
    fc.integer({ min: 1, max: 9 }),
    fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 6, maxLength: 14 }),
  )
  .map(([first, rest]) => `${first}${rest}`);
const phoneLike = fc.string({ unit: fc.constantFrom(...'0123456789+-() .@:٠٩۰۹sc'), maxLength: 40 });

describe('normalizePhone', () => {
  it.each([
    '+966501234567',
    '966501234567',
    '00966501234567',
    '+966 50 123 4567',
    '+966-50-123-4567',
    '+966\u201150\u20121234567',
    '(+966) 501.234.567',
    '[966] 501234567',
    '٩٦٦٥٠١٢٣٤٥٦٧',
    '+٩٦٦٥٠١٢٣٤٥٦٧',
    '٠٠٩٦٦٥٠١٢٣٤٥٦٧',
    '۹۶۶۵۰۱۲۳۴۵۶۷',
    '966501234567@s.whatsapp.net',
    '966501234567@c.us',
    '966501234567:12@s.whatsapp.net',
    ' \t+966501234567\r\n',
    '\u00a0966501234567',
    '\u202a+966501234567\u202c',
    '\u200f966501234567',
    '\u2066+966 50 123 4567\u2069',
    '\u061c+966501234567',
    '\u200b966501234567',
    '\ufeff966501234567',
  ])('brings %j to one spelling', (phone) => {
    expect(normalizePhone(phone)).toBe(PHONE);
  });

  it.each([
    ['nothing', ''],
    ['a national number', '0501234567'],
    ['a plus alone', '+'],
    ['two pluses', '++966501234567'],
    ['a plus inside', '966+501234567'],
    ['a plus before 00', '+00966501234567'],
    ['a zero after the plus', '+0966501234567'],
    ['six digits', '123456'],
    ['sixteen digits', '1234567890123456'],
    ['letters', '+966 50 CALL ME'],
    ['an extension', '+966501234567 ext. 5'],
    ['two numbers', '+966501234567, +966501234568'],
    ['a group', '120363041234567890@g.us'],
    ['an old group, whose digits would do', '966501234567@g.us'],
    ['a linked id, whose digits would do', '123456789012345@lid'],
    ['a linked id of a device', '123456789012345:7@LID'],
    ['a list', '966501234567@broadcast'],
    ['a channel', '966501234567@newsletter'],
    ['a suffix alone', '@s.whatsapp.net'],
    ['an instance and no suffix', '966501234567:12'],
    ['digits of a third script', '९६६५०१२३४५६७'],
  ])('answers undefined to %s', (_name, phone) => {
    expect(normalizePhone(phone)).toBeUndefined();
  });

  it.each([undefined, null, 966501234567, {}, [PHONE]])(
    'answers undefined to %s, which is no text',
    (phone) => {
      expect(normalizePhone(phone as never)).toBeUndefined();
    },
  );

  it.each([
    ['seven digits', '1234567'],
    ['fifteen digits', '123456789012345'],
  ])('takes %s', (_name, phone) => {
    expect(normalizePhone(phone)).toBe(`+${phone}`);
  });

  it('gives one spelling whether the gateway writes a plus or not', () => {
    fc.assert(
      fc.property(digits, (phone) => {
        expect(normalizePhone(phone)).toBe(`+${phone}`);
        expect(normalizePhone(`+${phone}`)).toBe(`+${phone}`);
        expect(normalizePhone(`00${phone}`)).toBe(`+${phone}`);
      }),
    );
  });

  it('reads Arabic-Indic digits as it reads ASCII ones, whatever stands between them', () => {
    const toScript = (text: string, zero: number) =>
      text.replace(/\d/gu, (digit) => String.fromCharCode(zero + Number(digit)));
    fc.assert(
      fc.property(fc.oneof(phoneLike, digits), (phone) => {
        const expected = normalizePhone(phone);
        // What stands behind an @ is dropped unread, a device before it is read as ASCII.
        fc.pre(!phone.includes('@'));
        expect(normalizePhone(toScript(phone, 0x660))).toBe(expected);
        expect(normalizePhone(toScript(phone, 0x6f0))).toBe(expected);
      }),
    );
  });

  it('never throws, answers E.164 or undefined, and its own answer unchanged', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), phoneLike), (text) => {
        const phone = normalizePhone(text);
        if (phone === undefined) return;
        expect(phone).toMatch(E164);
        expect(normalizePhone(phone)).toBe(phone);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['@', ':1@', ':1234', '(', ' ', '0', '1', '٠'])(
    'takes no longer than its length for a million of %j',
    (part) => {
      const startedAt = performance.now();
      expect(normalizePhone(part.repeat(1_000_000))).toBeUndefined();
      expect(performance.now() - startedAt).toBeLessThan(10_000);
    },
  );
});
