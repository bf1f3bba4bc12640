import { createHmac } from 'node:crypto';
import { types } from 'node:util';
import { checkOptionNames, invalidOption } from '../options.ts';
import { EVENT_HEADER, SIGNATURE_HEADER, SIGNATURE_PREFIX, TIMESTAMP_HEADER } from '../protocol.ts';

/** What {@link signWebhook} signs, and how. */
export interface SignWebhookOptions {
  /** The signing secret that the receiver is built with. */
  secret: string;
  /** An event, which becomes compact JSON; or a string or bytes, which are signed as they are. */
  body: object | string | Uint8Array;
  /**
   * When it was signed: a `Date`, milliseconds since 1970, or the literal text of the header (of any form, also a
   * wrong one). A date is written as ISO 8601 with seconds, `2026-05-08T10:00:00Z`, which is assumed to be the
   * gateway's form.
   *
   * @default now
   */
  timestamp?: Date | number | string;
  /**
   * The text of the event header, which is not signed.
   *
   * @default the body's own `event`; no such header where the body has none
   */
  event?: string;
}

/** A delivery ready to be sent. */
export interface SignedWebhook {
  /** The gateway's headers under lower-case names, `content-type` included. */
  headers: Record<string, string>;
  /** The exact bytes that were signed: send these and nothing made from them. */
  rawBody: Buffer;
}

const OWNER = 'signWebhook';
const OPTIONS = ['secret', 'body', 'timestamp', 'event'] as const satisfies (keyof SignWebhookOptions)[];
const MILLISECONDS = /\.\d{3}Z$/u;
const HEADER_TEXT = /^[\x21-\x7e]+$/u;

function toBytes(body: unknown): Buffer {
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  if (types.isUint8Array(body)) return Buffer.from(body);
  const json = typeof body === 'object' && body !== null ? toJson(body) : undefined;
  if (json === undefined)
    throw invalidOption(OWNER, 'body', body, 'Give an event object, a string or bytes.');
  return Buffer.from(json, 'utf8');
}

/** `undefined` for what is no JSON: a cycle, a BigInt. */
function toJson(body: object): string | undefined {
  try {
    return JSON.stringify(body);
  } catch {
    return undefined;
  }
}

function toHeaderText(timestamp: unknown): string {
  if (typeof timestamp === 'string') return timestamp;
  const date = typeof timestamp === 'number' ? new Date(timestamp) : timestamp;
  if (types.isDate(date) && !Number.isNaN(date.getTime()))
    return date.toISOString().replace(MILLISECONDS, 'Z');
  const advice = 'Give a valid Date, milliseconds since 1970, or the text of the header.';
  throw invalidOption(OWNER, 'timestamp', timestamp, advice);
}

/** The event's name in a body, where it has one that a header can hold. */
function eventNameIn(bytes: Buffer): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  const name = typeof value === 'object' && value !== null && 'event' in value ? value.event : undefined;
  return typeof name === 'string' && HEADER_TEXT.test(name) ? name : undefined;
}

/**
 * Signs a delivery as the gateway does: HMAC-SHA256 over the timestamp header's text, a dot and the raw bytes.
 *
 * @throws TypeError when an option is unknown or cannot be used.
 *
 * @example
 * // With any HTTP client
 * const { headers, rawBody } = signWebhook({ secret, body: messageReceived() });
 * await fetch(`${appUrl}/webhooks/whatsapp-gateway`, { method: 'POST', headers, body: rawBody });
 *
 * @example
 * // With no server at all
 * const { headers, rawBody } = signWebhook({ secret, body: recipientOptedOut({ from: '966501234567' }) });
 * const answer = await receiver.receive({ headers, rawBody });
 *
 * @example
 * // A delivery of an hour ago, which a receiver must refuse
 * signWebhook({ secret, body: messageReceived(), timestamp: Date.now() - 3_600_000 });
 */
export function signWebhook(options: Readonly<SignWebhookOptions>): SignedWebhook {
  checkOptionNames(OWNER, options, OPTIONS);
  const { secret, body, timestamp = new Date(), event } = options;
  if (typeof secret !== 'string' || secret === '') {
    const kind = typeof secret === 'string' ? 'empty' : 'not text';
    throw new TypeError(
      `${OWNER}: option secret is ${kind}. Give the secret that the receiver is built with.`,
    );
  }
  const rawBody = toBytes(body);
  const timestampText = toHeaderText(timestamp);
  const hex = createHmac('sha256', secret).update(`${timestampText}.`).update(rawBody).digest('hex');
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    [TIMESTAMP_HEADER]: timestampText,
    [SIGNATURE_HEADER]: `${SIGNATURE_PREFIX}${hex}`,
  };
  const eventText = event ?? eventNameIn(rawBody);
  if (eventText !== undefined) headers[EVENT_HEADER] = eventText;
  return { headers, rawBody };
}
