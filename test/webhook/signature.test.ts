import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSigningKey, findSigningKey } from '../../src/webhook/signature.ts';
import { OTHER_SECRET, SECRET } from '../support/deliveries.ts';
import { nodeDigest } from '../support/node-digest.ts';

const BODY = Buffer.from('{"event":"message.received"}');
const TIMESTAMP = '2026-05-08T10:00:00Z';
const HEX = '0123456789abcdef';

const secrets = fc.string({ unit: 'binary', minLength: 1 });
const bodies = fc.uint8Array({ maxLength: 2_000 });
const timestamps = fc.string({ maxLength: 40 });

function signatureOf(secret: string, timestamp: string, body: Uint8Array): string {
  return `sha256=${nodeDigest(secret, timestamp, body)}`;
}

function find(signature: string, { secret = SECRET, timestamp = TIMESTAMP, body = BODY as Uint8Array } = {}) {
  return findSigningKey([createSigningKey(secret, 0)], signature, timestamp, body);
}

describe('findSigningKey', () => {
  const good = signatureOf(SECRET, TIMESTAMP, BODY);

  it('answers the place of the secret and the digest', () => {
    const keys = [createSigningKey(OTHER_SECRET, 0), createSigningKey(SECRET, 4)];
    const digest = good.slice('sha256='.length);
    expect(findSigningKey(keys, good, TIMESTAMP, BODY)).toEqual({ secretIndex: 4, digest });
  });

  it('takes a secret with characters outside ASCII as UTF-8', () => {
    const secret = 'سر-كلمة';
    const digest = nodeDigest(Buffer.from(secret, 'utf8'), TIMESTAMP, BODY);
    expect(find(`sha256=${digest}`, { secret })).toEqual({ secretIndex: 0, digest });
  });

  it('answers the first of two equal secrets', () => {
    const keys = [createSigningKey(SECRET, 0), createSigningKey(SECRET, 1)];
    expect(findSigningKey(keys, good, TIMESTAMP, BODY)?.secretIndex).toBe(0);
  });

  it.each([
    ['one letter of two bytes', 1, 'é'],
    ['one letter of three bytes', 1, '\u3042'],
    ['two letters of three bytes', 2, '\u3042\u3042'],
    ['a letter of four bytes', 2, '\u{1f600}'],
    ['a letter whose low byte is a digit', 1, '\u0130'],
    ['half a pair', 1, '\ud83d'],
  ])('finds nothing for one that ends in %s, whatever was compared before', (_name, length, end) => {
    expect(find(good)).toBeDefined();
    const cut = `${good.slice(0, -length)}${end}`;
    expect(cut).toHaveLength(good.length);
    expect(find(cut)).toBeUndefined();
  });

  it('finds nothing without keys', () => {
    expect(findSigningKey([], good, TIMESTAMP, BODY)).toBeUndefined();
  });

  it.each([
    ['no prefix', good.slice('sha256='.length)],
    ['a prefix in capitals', good.replace('sha256', 'SHA256')],
    ['hex in capitals', `sha256=${good.slice('sha256='.length).toUpperCase()}`],
    ['trailing junk', `${good}zz`],
    ['trailing hex', `${good}00`],
    ['a line break at its end', `${good}\n`],
    ['a space at its start', ` ${good}`],
    ['one digit too few', good.slice(0, -1)],
    ['two signatures', `${good}, ${good}`],
    ['base64', `sha256=${Buffer.from(good.slice('sha256='.length), 'hex').toString('base64')}`],
    ['nothing after the prefix', 'sha256='],
    ['nothing', ''],
    ['full-width digits', good.replace('1', '１').replace('0', '０')],
  ])('finds nothing for a signature with %s', (_name, signature) => {
    expect(find(signature)).toBeUndefined();
  });
});

describe('any body, timestamp and secret', () => {
  it('verifies as it was signed', () => {
    fc.assert(
      fc.property(secrets, timestamps, bodies, (secret, timestamp, body) => {
        expect(find(signatureOf(secret, timestamp, body), { secret, timestamp, body })).toBeDefined();
      }),
    );
  });

  it('is refused with any one bit of the body flipped', () => {
    fc.assert(
      fc.property(secrets, fc.uint8Array({ minLength: 1, maxLength: 500 }), fc.nat(), (secret, body, at) => {
        const signature = signatureOf(secret, TIMESTAMP, body);
        const changed = Uint8Array.from(body);
        const bit = at % (body.length * 8);
        changed[bit >> 3] = (body[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(find(signature, { secret, body: changed })).toBeUndefined();
      }),
    );
  });

  it('is refused with a byte added to or taken from the body', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 500 }), fc.nat(255), (body, byte) => {
        const signature = signatureOf(SECRET, TIMESTAMP, body);
        expect(find(signature, { body: body.subarray(1) })).toBeUndefined();
        expect(find(signature, { body: body.subarray(0, -1) })).toBeUndefined();
        expect(find(signature, { body: Uint8Array.of(...body, byte) })).toBeUndefined();
      }),
    );
  });

  it('is refused with any other timestamp or secret', () => {
    fc.assert(
      fc.property(
        timestamps,
        timestamps,
        secrets,
        secrets,
        bodies,
        (timestamp, other, secret, wrong, body) => {
          const signature = signatureOf(secret, timestamp, body);
          if (other !== timestamp)
            expect(find(signature, { secret, timestamp: other, body })).toBeUndefined();
          if (wrong !== secret) expect(find(signature, { secret: wrong, timestamp, body })).toBeUndefined();
        },
      ),
    );
  });

  it('is refused with any one digit of the signature changed', () => {
    fc.assert(
      fc.property(bodies, fc.nat(63), fc.integer({ min: 1, max: 15 }), (body, at, step) => {
        const signature = signatureOf(SECRET, TIMESTAMP, body);
        const place = 'sha256='.length + at;
        const digit = HEX[(HEX.indexOf(signature[place] ?? '') + step) % 16];
        const changed = `${signature.slice(0, place)}${digit}${signature.slice(place + 1)}`;
        expect(find(changed, { body })).toBeUndefined();
      }),
    );
  });
});
