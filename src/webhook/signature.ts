import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { SIGNATURE_PREFIX } from '../protocol.ts';

const DIGEST_LENGTH = 64;
const SIGNATURE_LENGTH = SIGNATURE_PREFIX.length + DIGEST_LENGTH;

/** A secret made ready for use once, with its place among the secrets that were passed. */
export interface SigningKey {
  readonly key: KeyObject;
  readonly secretIndex: number;
}

/** Makes a secret ready: the key is the UTF-8 bytes of the text that the dashboard shows. */
export function createSigningKey(secret: string, secretIndex: number): SigningKey {
  return { key: createSecretKey(secret, 'utf8'), secretIndex };
}

/**
 * HMAC-SHA256 over the timestamp header's text, a dot and the raw bytes, in lower-case hex. Contract: signature row,
 * documented.
 */
export function computeDigest(key: KeyObject, timestamp: string, rawBody: Uint8Array): string {
  // Hex straight away: a Buffer of its own for 32 bytes costs more than the digits do.
  return createHmac('sha256', key).update(`${timestamp}.`).update(rawBody).digest('hex');
}

// Made once, and never left across an `await`.
const expected = Buffer.alloc(SIGNATURE_LENGTH, SIGNATURE_PREFIX);
const received = Buffer.alloc(SIGNATURE_LENGTH);

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
  // In UTF-8 no part of a letter outside ASCII looks like a digit; one that finds no room at the end is left out.
  if (received.write(signature) !== SIGNATURE_LENGTH) return undefined;
  for (const { key, secretIndex } of keys) {
    const digest = computeDigest(key, timestamp, rawBody);
    expected.write(digest, SIGNATURE_PREFIX.length);
    if (timingSafeEqual(expected, received)) return { secretIndex, digest };
  }
  return undefined;
}
