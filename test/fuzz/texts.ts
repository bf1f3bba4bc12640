import fc from 'fast-check';

const ODD: readonly string[] = [
  '\0',
  '\n',
  '\r',
  '\u001b',
  '\u007f',
  '\u0085',
  '\u200f',
  '\u2028',
  '\ufeff',
  '\ud800',
  '\udc00',
];

/** Any character. Not fast-check's own unit `binary`, which first builds a table of a million entries. */
const character = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCodePoint(code)) },
  fc.constantFrom(...ODD),
  fc.constantFrom(...'أطلبيé٣७Ａ😀'),
  fc
    .integer({ min: 0, max: 0x10ffff - 0x800 })
    .map((code) => String.fromCodePoint(code < 0xd800 ? code : code + 0x800)),
);

/** Any text, lone surrogates and control characters included. */
export function anyText(maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: character, maxLength });
}
