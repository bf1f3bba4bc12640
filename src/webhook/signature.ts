import { timingSafeEqual } from 'node:crypto';
import { TextEncoder } from 'node:util';
import { SIGNATURE_PREFIX } from '../protocol.ts';
import { createDeliveryHmac, type DeliveryHmac } from './hmac.ts';

const DIGEST_LENGTH = 64;
const SIGNATURE_LENGTH = SIGNATURE_PREFIX.length + DIGEST_LENGTH;

/** A secret made ready for use once, with its place among the secrets that were passed. */
export interface SigningKey {
  readonly hmac: DeliveryHmac;
  readonly secretIndex: number;
}

/** Makes a secret ready: the key is the UTF-8 bytes of the text that the dashboard shows. */
export function createSigningKey(secret: string, secretIndex: number): SigningKey {
  return { hmac: createDeliveryHmac(Buffer.from(secret, 'utf8')), secretIndex };
}

// Made once, and never left across an `await`.
const expected = Buffer.alloc(SIGNATURE_LENGTH, SIGNATURE_PREFIX);
const expectedDigest = expected.subarray(SIGNATURE_PREFIX.length);
const received = Buffer.alloc(SIGNATURE_LENGTH);
const encoder = new TextEncoder();

/**
 * Finds the key that made the signature. The header's whole text is compared, in constant time, so nothing but the
 * prefix and lower-case hex can match.
 *
 * @returns `undefined` when the signature is malformed or made with none of the keys.
 */
export function findSigningKey(
  keys: readonly SigningKey[],
  signature: string,
  timestamp: string,
  rawBody: Uint8Array,
): { secretIndex: number; digest: string } | undefined {
  if (signature.length !== SIGNATURE_LENGTH) return undefined;
  // As long as the room, so it fits only where every letter is of one byte; what does not would leave an earlier one's end.
  if (encoder.encodeInto(signature, received).read !== SIGNATURE_LENGTH) return undefined;
  for (const { hmac, secretIndex } of keys) {
    const digest = hmac(timestamp, rawBody);
    encoder.encodeInto(digest, expectedDigest);
    if (timingSafeEqual(expected, received)) return { secretIndex, digest };
  }
  return undefined;
}
