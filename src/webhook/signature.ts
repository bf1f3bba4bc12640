import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { SIGNATURE_PREFIX } from '../protocol.ts';

const SIGNATURE = /^sha256=[0-9a-f]{64}$/u;
const DIGEST_BYTES = 32;

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
const expected = Buffer.alloc(DIGEST_BYTES);
const received = Buffer.alloc(DIGEST_BYTES);

/**
 * Finds the key that made the signature, comparing in constant time.
 *
 * @returns `undefined` when the signature is malformed or made with none of the keys.
 */
export function findSigningKey(
  keys: readonly SigningKey[],
  signature: string,
  timestamp: string,
  rawBody: Uint8Array,
): { secretIndex: number; digest: string } | undefined {
  if (!SIGNATURE.test(signature)) return undefined;
  const digest = signature.slice(SIGNATURE_PREFIX.length);
  received.write(digest, 'hex');
  for (const { key, secretIndex } of keys) {
    expected.write(computeDigest(key, timestamp, rawBody), 'hex');
    if (timingSafeEqual(expected, received)) return { secretIndex, digest };
  }
  return undefined;
}
