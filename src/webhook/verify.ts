import { types } from 'node:util';
import { checkOptionNames, invalidOption } from '../options.ts';
import { SIGNATURE_HEADER, TIMESTAMP_HEADER } from '../protocol.ts';
import {
  invalidSignature,
  invalidTimestamp,
  missingHeader,
  rawBodyUnusable,
  timestampOutOfRange,
} from './errors.ts';
import { parseEvent, type WebhookEvent } from './event.ts';
import { type HeaderReader, headerReader, type WebhookHeaders } from './headers.ts';
import { resolveVerification, type Verification, type VerificationOptions } from './options.ts';
import { findSigningKey } from './signature.ts';
import { parseTimestamp } from './timestamp.ts';

const OPTION_NAMES: readonly (keyof VerifyWebhookOptions)[] = [
  'rawBody',
  'headers',
  'secret',
  'toleranceSeconds',
  'now',
];

/** What {@link verifyWebhook} takes. */
export interface VerifyWebhookOptions extends VerificationOptions {
  /** The bytes as they came; a string is taken as their UTF-8 text. */
  rawBody: Uint8Array | string;
  /** Node's header object or a Fetch `Headers`. */
  headers: WebhookHeaders;
}

/** A delivery whose signature and timestamp hold and whose event could be read. */
export interface VerifiedWebhook {
  /** The event with every field that came. */
  event: WebhookEvent;
  /** When the gateway signed it. */
  timestamp: Date;
  /** Which secret signed it, counted from 0 in the order they were passed. */
  secretIndex: number;
  /** Lower-case hex of the HMAC: the same for a copy of the same bytes with the same timestamp. */
  digest: string;
}

/** The two headers that a signature needs. */
export interface SignatureHeaders {
  readonly signature: string;
  readonly timestamp: string;
}

/** @throws TypeError when these are no headers at all. */
export function openHeaders(owner: string, headers: WebhookHeaders): HeaderReader {
  if (typeof headers === 'object' && headers !== null) return headerReader(headers);
  const advice = "Give the request's headers: Node's header object or a Fetch Headers.";
  throw invalidOption(owner, 'headers', headers, advice);
}

/** @throws WebhookError `missing_header` when either is missing or empty. */
export function readSignatureHeaders(read: HeaderReader): SignatureHeaders {
  const signature = read(SIGNATURE_HEADER);
  if (!signature) throw missingHeader(SIGNATURE_HEADER);
  const timestamp = read(TIMESTAMP_HEADER);
  if (!timestamp) throw missingHeader(TIMESTAMP_HEADER);
  return { signature, timestamp };
}

/** Bytes as they are, text as UTF-8. @throws WebhookError `raw_body_unavailable` for a body that was parsed. */
export function toBytes(rawBody: unknown): Uint8Array {
  if (typeof rawBody === 'string') return Buffer.from(rawBody, 'utf8');
  if (types.isUint8Array(rawBody)) return rawBody;
  throw rawBodyUnusable(rawBody);
}

/** Signature, then timestamp, then the event: nothing is parsed before the signature holds. */
export function verifyDelivery(
  { keys, toleranceSeconds, now }: Verification,
  { signature, timestamp }: SignatureHeaders,
  rawBody: Uint8Array,
): VerifiedWebhook {
  const signer = findSigningKey(keys, signature, timestamp, rawBody);
  if (signer === undefined) throw invalidSignature(keys.length);
  const signedAt = parseTimestamp(timestamp);
  if (signedAt === undefined) throw invalidTimestamp();
  const ageMs = now() - signedAt.getTime();
  // The other way round, a clock that answers NaN would let everything in.
  if (!(Math.abs(ageMs) <= toleranceSeconds * 1_000)) throw timestampOutOfRange(ageMs, toleranceSeconds);
  const event = parseEvent(rawBody);
  const { secretIndex, digest } = signer;
  return { event, timestamp: signedAt, secretIndex, digest };
}

/**
 * Checks one delivery and reads its event, with no framework and nothing asynchronous. It knows nothing of
 * duplicates: for those use `createWebhookReceiver` or `whatsappGatewayWebhook`.
 *
 * @throws WebhookError with `code` `missing_header`, `raw_body_unavailable`, `invalid_signature`,
 * `invalid_timestamp`, `timestamp_out_of_range`, `invalid_json` or `invalid_event`.
 * @throws TypeError when an option cannot be used.
 *
 * @example
 * const { event } = verifyWebhook({
 *   rawBody: Buffer.from(await request.arrayBuffer()),
 *   headers: request.headers,
 *   secret: process.env.WHATSAPP_GATEWAY_WEBHOOK_SECRET,
 * });
 */
export function verifyWebhook(options: Readonly<VerifyWebhookOptions>): VerifiedWebhook {
  checkOptionNames('verifyWebhook', options, OPTION_NAMES);
  const verification = resolveVerification('verifyWebhook', options);
  const headers = readSignatureHeaders(openHeaders('verifyWebhook', options.headers));
  return verifyDelivery(verification, headers, toBytes(options.rawBody));
}
