import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Campaign, checking } from '../campaign.ts';
import { anyText } from '../texts.ts';

const E164 = /^\+[1-9]\d{6,14}$/u;
const SCRIPTS: readonly string[] = ['0123456789', '٠١٢٣٤٥٦٧٨٩', '۰۱۲۳۴۵۶۷۸۹'];
const BETWEEN: readonly string[] = ['', '', '', ' ', '-', '.', '(', ')', '\u200f', '\u00a0', '\u2011'];
/** What no spelling of a number holds: put anywhere before a suffix, it is none any more. */
const FOREIGN: readonly string[] = ['a', '/', '#', ',', ';', '_', 'é', '५', '１', '\u0000', '😀', 'x'];

const numbers = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.array(fc.nat(9), { minLength: 6, maxLength: 14 }))
  .map(([first, others]) => [first, ...others]);
const marks = fc.array(fc.constantFrom(...BETWEEN), { minLength: 15, maxLength: 15 });
const prefixes = fc.constantFrom('', '+', '00', ' +', '\u200e+');
const suffixes = fc.constantFrom('', '@s.whatsapp.net', '@c.us', ':12@s.whatsapp.net');

/** Spellings of numbers, and any text at all: one spelling comes out, or nothing. */
export const phones: Campaign = {
  name: 'phones',
  shortRuns: 800,
  batchRuns: 1_000,
  async start({ subject: { normalizePhone } }) {
    const property = fc.asyncProperty(
      numbers,
      fc.array(fc.constantFrom(...SCRIPTS), { minLength: 15, maxLength: 15 }),
      marks,
      prefixes,
      suffixes,
      fc.constantFrom(...FOREIGN),
      fc.nat(),
      fc.oneof(anyText(40), fc.string({ unit: fc.constantFrom(...'+0123456789@:. -('), maxLength: 40 })),
      async (digits, scripts, between, prefix, suffix, foreign, at, anything) => {
        const spelled = digits.map((digit, place) => `${scripts[place]?.[digit]}${between[place]}`).join('');
        const phone = `${prefix}${spelled}`;
        assert.equal(normalizePhone(`${phone}${suffix}`), `+${digits.join('')}`);

        const letters = [...phone];
        letters.splice(at % (letters.length + 1), 0, foreign);
        assert.equal(normalizePhone(`${letters.join('')}${suffix}`), undefined);

        const other = normalizePhone(anything);
        if (other === undefined) return;
        assert.match(other, E164);
        assert.equal(normalizePhone(other), other);
      },
    );
    return { check: checking(property) };
  },
};
