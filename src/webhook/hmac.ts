import { createHmac, createSecretKey, hash } from 'node:crypto';
import { TextEncoder } from 'node:util';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const INNER_MASK = 0x36;
const OUTER_MASK = 0x5c;
const DOT = 0x2e;
/** In UTF-8, for each unit that a string's length counts. */
const LONGEST_UNIT_BYTES = 3;
/** What is longer is hashed where it lies. */
const LONGEST_COPY_BYTES = 4_096;

// One for all keys, and never left across an `await`: a key's inner block, the timestamp, a dot and the body.
const memory = new ArrayBuffer(BLOCK_BYTES + LONGEST_COPY_BYTES);
const inner = new Uint8Array(memory);
const innerText = new Uint8Array(memory, BLOCK_BYTES);
const encoder = new TextEncoder();

/**
 * HMAC-SHA256 (RFC 2104) over the timestamp header's text, a dot and the raw bytes, in lower-case hex. Contract:
 * signature row, documented.
 */
export type DeliveryHmac = (timestamp: string, rawBody: Uint8Array) => string;

/** A key filled up with zeros to a block, or its hash where it is longer than one. */
function toBlock(key: Uint8Array): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(key.length > BLOCK_BYTES ? hash('sha256', key, 'buffer') : key);
  return block;
}

/**
 * Makes a key ready for use once. Node's `createHmac` makes a stream for each message, which costs more than to hash a
 * usual delivery twice; a long one is given to it, and so is not copied.
 */
export function createDeliveryHmac(key: Uint8Array): DeliveryHmac {
  const keyObject = createSecretKey(key);
  const block = toBlock(key);
  const innerBlock = block.map((byte) => byte ^ INNER_MASK);
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);
  outer.set(block.map((byte) => byte ^ OUTER_MASK));

  return (timestamp, rawBody) => {
    if (timestamp.length * LONGEST_UNIT_BYTES + 1 + rawBody.length > LONGEST_COPY_BYTES) {
      return createHmac('sha256', keyObject).update(timestamp).update('.').update(rawBody).digest('hex');
    }
    inner.set(innerBlock);
    const dotAt = BLOCK_BYTES + encoder.encodeInto(timestamp, innerText).written;
    inner[dotAt] = DOT;
    inner.set(rawBody, dotAt + 1);
    const message = new Uint8Array(memory, 0, dotAt + 1 + rawBody.length);
    outer.write(hash('sha256', message, 'binary'), BLOCK_BYTES, 'binary');
    return hash('sha256', outer, 'hex');
  };
}
