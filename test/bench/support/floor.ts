import { createHmac, createSecretKey } from 'node:crypto';
import { SECRET } from './delivery.ts';

const key = createSecretKey(SECRET, 'utf8');

/** What nobody who verifies and parses can do without: one HMAC over the bytes, and one JSON.parse. */
export function floor(body: Buffer): unknown {
  createHmac('sha256', key).update(body).digest();
  return JSON.parse(body.toString('utf8'));
}
