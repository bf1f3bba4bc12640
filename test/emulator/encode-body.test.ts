import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyStyles, encodeBody } from '../../src/emulator/encode-body.ts';

describe('encodeBody', () => {
  // The expected bytes are what PHP's json_encode($value) prints.
  it.each([
    [
      'Arabic',
      { t: 'مرحبا، أين؟' },
      '{"t":"\\u0645\\u0631\\u062d\\u0628\\u0627\\u060c \\u0623\\u064a\\u0646\\u061f"}',
    ],
    ['a slash', { t: 'https://a/b' }, '{"t":"https:\\/\\/a\\/b"}'],
    ['a slash after a backslash', { t: '\\/' }, '{"t":"\\\\\\/"}'],
    ['an emoji outside the BMP', { t: '🙏' }, '{"t":"\\ud83d\\ude4f"}'],
    ['a name with both', { 'é/': 1 }, '{"\\u00e9\\/":1}'],
    ['the last ASCII character, which stays', { t: '\u007f' }, '{"t":"\u007f"}'],
    ['the first one after it', { t: '\u0080' }, '{"t":"\\u0080"}'],
    ['control characters', { t: '\b\f\n\r\t\u0001' }, '{"t":"\\b\\f\\n\\r\\t\\u0001"}'],
    ['the line separator', { t: '\u2028' }, '{"t":"\\u2028"}'],
    ['a quote and nothing to escape', { t: '"', a: [1, true, null] }, '{"t":"\\"","a":[1,true,null]}'],
  ])('writes %s as PHP does', (_, value, expected) => {
    expect(encodeBody(value, 'php').toString('latin1')).toBe(expected);
  });

  it('writes PHP style in a way that parsing and writing again does not bring back', () => {
    const bytes = encodeBody({ t: 'أ/ب' }, 'php');
    expect(JSON.stringify(JSON.parse(bytes.toString()))).not.toBe(bytes.toString());
  });

  it('writes js as JSON.stringify does, in UTF-8', () => {
    expect(encodeBody({ t: 'أ/🙏' }, 'js')).toEqual(Buffer.from('{"t":"أ/🙏"}'));
  });

  it('writes pretty over several lines with four spaces', () => {
    expect(encodeBody({ t: 'أ', a: [1] }, 'pretty').toString()).toBe(
      '{\n    "t": "أ",\n    "a": [\n        1\n    ]\n}',
    );
  });

  it.each(bodyStyles)('writes %s so that any JSON value comes back', (style) => {
    // Once through JSON, because fast-check also makes -0, which JSON.stringify does not know.
    const json = fc
      .jsonValue({ stringUnit: 'binary' })
      .map((value): object => JSON.parse(JSON.stringify({ value })));
    fc.assert(
      fc.property(json, (value) => {
        deepStrictEqual(JSON.parse(encodeBody(value, style).toString('utf8')), value);
      }),
    );
  });

  it('writes php in nothing but ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (t) => {
        expect(encodeBody({ t }, 'php').every((byte) => byte < 0x80)).toBe(true);
      }),
    );
  });
});
