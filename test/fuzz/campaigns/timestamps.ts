import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NOW, now, SECRET, sign } from '../../support/deliveries.ts';
import { type Campaign, checking } from '../campaign.ts';
import { assertWebhookError } from '../expectations.ts';
import { anyText } from '../texts.ts';

const TOLERANCE_MS = 300_000;
const REFUSED: readonly string[] = ['invalid_timestamp', 'timestamp_out_of_range', 'missing_header'];
const DIGITS = /^[0-9]+$/u;
const ZONE = /(?:Z|[+-]\d\d:?\d\d)$/u;
const ZONE_WITHOUT_COLON = /(\d\d)(\d\d)$/u;
const ISO_START = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/u;

const body = Buffer.from('{"event":"message.status_updated","v":"1778234460.5.0Z"}');

/** An instant, also far from now, and its spelling in a known form. */
const instants = fc.oneof(
  fc.integer({ min: NOW - TOLERANCE_MS, max: NOW + TOLERANCE_MS }),
  fc.integer({ min: NOW - 2 * TOLERANCE_MS, max: NOW + 2 * TOLERANCE_MS }),
  fc.integer({ min: 150_000_000_000, max: 9_999_999_999_999 }),
);

function inZone(instant: number, offsetMinutes: number, colon: boolean): string {
  const local = new Date(instant + offsetMinutes * 60_000).toISOString().slice(0, -1);
  const [hours, minutes] = [Math.floor(Math.abs(offsetMinutes) / 60), Math.abs(offsetMinutes) % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${local}${offsetMinutes < 0 ? '-' : '+'}${two(hours)}${colon ? ':' : ''}${two(minutes)}`;
}

const spelled = fc
  .tuple(instants, fc.nat(3), fc.integer({ min: -14 * 60, max: 14 * 60 }), fc.boolean())
  .map(([instant, form, offset, colon]) => {
    const second = instant - (instant % 1_000);
    if (form === 0) return { instant: second, text: String(second / 1_000) };
    if (form === 1) return { instant, text: String(instant) };
    if (form === 2) return { instant, text: new Date(instant).toISOString() };
    return { instant, text: inZone(instant, offset, colon) };
  });
const junk = fc.oneof(
  fc.constantFrom(
    '.',
    ' ',
    ',',
    '0',
    'Z',
    '+',
    '-',
    'e9',
    '.0',
    '\n',
    'abc',
    '٣',
    '\u0000',
    '.{"event":"x"}',
  ),
  anyText(5),
);
const mutated = fc.tuple(spelled, fc.nat(), fc.nat(3), junk).map(([{ text }, at, remove, insert]) => {
  const place = at % (text.length + 1);
  return text.slice(0, place) + insert + text.slice(place + remove);
});
const strange = fc.oneof(
  fc.constantFrom(
    'Infinity',
    'NaN',
    '0',
    '-1',
    '1e12',
    '0x6A',
    'now',
    '2026-02-30T10:00:00Z',
    '2026-05-08T24:00:00Z',
    '2026-05-08',
  ),
  anyText(40),
);

/** What a text says, in our own reading, or `undefined`. */
function instantOf(text: string): number | undefined {
  if (DIGITS.test(text)) return text.length <= 10 ? Number(text) * 1_000 : Number(text);
  return ISO_START.test(text) && ZONE.test(text)
    ? new Date(text.replace(ZONE_WITHOUT_COLON, '$1:$2')).getTime()
    : undefined;
}

/** Any text as timestamp, rightly signed: near enough in a known form, or refused. */
export const timestamps: Campaign = {
  name: 'timestamps',
  shortRuns: 500,
  batchRuns: 500,
  async start({ subject }) {
    function verify(timestamp: string, rawBody: Buffer, signature: string): number | undefined {
      const headers = {
        'x-whatsapp-gateway-signature': signature,
        'x-whatsapp-gateway-timestamp': timestamp,
      };
      try {
        return subject.verifyWebhook({ rawBody, headers, secret: SECRET, now }).timestamp.getTime();
      } catch (error) {
        assertWebhookError(error);
        assert.ok(REFUSED.includes(error.code), `the timestamp was refused as ${error.code}`);
        return undefined;
      }
    }

    /** The bytes that are signed, cut at another dot: part of the timestamp is body then, or the other way round. */
    function assertCutsOneWay(timestamp: string, signature: string): void {
      const signed = Buffer.concat([Buffer.from(`${timestamp}.`), body]);
      for (const [at, byte] of signed.entries()) {
        if (byte !== 0x2e || at === Buffer.byteLength(timestamp)) continue;
        const shifted = verify(signed.subarray(0, at).toString('utf8'), signed.subarray(at + 1), signature);
        assert.equal(shifted, undefined, `also accepted when it is cut at byte ${at}`);
      }
    }

    const kinds = fc.oneof(
      spelled.map((known) => ({ ...known, known: true })),
      fc.oneof(mutated, strange).map((text) => ({ text, instant: undefined, known: false })),
    );
    const property = fc.asyncProperty(kinds, async ({ text, instant, known }) => {
      const signature = sign(body, { timestamp: text }).headers['x-whatsapp-gateway-signature'] ?? '';
      const seen = verify(text, body, signature);
      if (known && instant !== undefined) {
        assert.equal(seen, Math.abs(NOW - instant) <= TOLERANCE_MS ? instant : undefined);
      }
      if (seen === undefined) return;
      assert.equal(seen, instantOf(text));
      assert.ok(Math.abs(NOW - seen) <= TOLERANCE_MS, 'it is out of range');
      assertCutsOneWay(text, signature);
    });
    return { check: checking(property) };
  },
};
