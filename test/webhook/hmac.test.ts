import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDeliveryHmac } from '../../src/webhook/hmac.ts';
import { SECRET } from '../support/deliveries.ts';
import { nodeDigest } from '../support/node-digest.ts';

const TIMESTAMP = '2026-05-08T10:00:00Z';
/** As long, in letters of three bytes: nothing of the room is left. */
const WIDE_TIMESTAMP = '\u3042'.repeat(TIMESTAMP.length);
// Three bytes for each letter of the timestamp, and the dot.
const LONGEST_COPIED = 4_096 - 3 * TIMESTAMP.length - 1;

function bodyOf(length: number, first = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (first + index) % 251);
}

describe('createDeliveryHmac', () => {
  it('computes case 7 of RFC 4231, whose key is longer than a block and whose text has a dot', () => {
    const hmac = createDeliveryHmac(new Uint8Array(131).fill(0xaa));
    const [before, after] = [
      'This is a test using a larger than block-size key and a larger than block-size data',
      ' The key needs to be hashed before being used by the HMAC algorithm.',
    ];
    expect(hmac(before, Buffer.from(after))).toBe(
      '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
    );
  });

  it('computes what openssl does', () => {
    // printf '%s' '2026-05-08T10:00:00Z.{"event":"message.received"}' | openssl dgst -sha256 -hmac <SECRET>
    expect(
      createDeliveryHmac(Buffer.from(SECRET))(TIMESTAMP, Buffer.from('{"event":"message.received"}')),
    ).toBe('e3cbe01ea7029f3562db9121c51dafb7c7d90ab06fc7a8037a057d7b50ebb90d');
  });

  it.each([1, 63, 64, 65, 128])('takes a key of %i bytes as Node does', (length) => {
    const key = Uint8Array.from({ length }, (_, index) => 255 - index);
    const body = Buffer.from('{}');
    expect(createDeliveryHmac(key)(TIMESTAMP, body)).toBe(nodeDigest(key, TIMESTAMP, body));
  });

  it.each([
    ['no body', 0],
    ['the longest that is copied', LONGEST_COPIED],
    ['one byte more', LONGEST_COPIED + 1],
    ['a megabyte', 1_000_000],
  ])('takes %s as Node does', (_name, length) => {
    const key = Buffer.from(SECRET);
    const body = bodyOf(length);
    for (const timestamp of [TIMESTAMP, WIDE_TIMESTAMP]) {
      expect(createDeliveryHmac(key)(timestamp, body)).toBe(nodeDigest(key, timestamp, body));
    }
  });

  it('computes what Node does for any keys in turn, timestamps and bodies, whatever came before', () => {
    const keys = fc.uint8Array({ minLength: 1, maxLength: 200 });
    const letters = fc.constantFrom('0', 'é', '\u3042', '\u{1f600}', '\ud83d', '.');
    const timestamps = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.tuple(letters, fc.nat(1_500)).map(([letter, length]) => letter.repeat(length)),
    );
    // Two numbers, because bytes by the thousand would take minutes to shrink.
    const bodies = fc.record({ length: fc.nat(5_000), first: fc.nat(255) });
    const deliveries = fc.array(fc.tuple(fc.boolean(), timestamps, bodies), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(keys, keys, deliveries, (one, other, several) => {
        const hmacs = { one: createDeliveryHmac(one), other: createDeliveryHmac(other) };
        for (const [isOne, timestamp, { length, first }] of several) {
          const body = bodyOf(length, first);
          const digest = isOne ? hmacs.one(timestamp, body) : hmacs.other(timestamp, body);
          expect(digest).toBe(nodeDigest(isOne ? one : other, timestamp, body));
        }
      }),
    );
  });

  it('leaves key and body as they were, and takes a part of a larger buffer', () => {
    const key = Buffer.from(SECRET);
    const body = Buffer.from('..{"event":"message.received"}..').subarray(2, -2);
    createDeliveryHmac(key)(TIMESTAMP, body);
    expect(key.toString()).toBe(SECRET);
    expect(body.toString()).toBe('{"event":"message.received"}');
    expect(createDeliveryHmac(key)(TIMESTAMP, body)).toBe(nodeDigest(key, TIMESTAMP, body));
  });

  it('keeps its key when the bytes it was made of change', () => {
    const key = Buffer.from(SECRET);
    const hmac = createDeliveryHmac(key);
    key.fill(0);
    const long = Buffer.alloc(5_000);
    expect(hmac(TIMESTAMP, Buffer.from('{}'))).toBe(
      nodeDigest(Buffer.from(SECRET), TIMESTAMP, Buffer.from('{}')),
    );
    expect(hmac(TIMESTAMP, long)).toBe(nodeDigest(Buffer.from(SECRET), TIMESTAMP, long));
  });
});
