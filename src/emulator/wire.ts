import { types } from 'node:util';
import { gzipSync } from 'node:zlib';
import { SIGNATURE_HEADER, TIMESTAMP_HEADER } from '../protocol.ts';
import { signWebhook } from '../testing/sign-webhook.ts';
import { type BodyStyle, encodeBody } from './encode-body.ts';
import type { Fault } from './fault.ts';
import { DEFAULT_TIMESTAMP_FAULT_SECONDS } from './limits.ts';
import type { HeaderRecord } from './model.ts';
import type { TimestampStyle } from './options.ts';
import { parseObject } from './rules.ts';
import { type SignatureTampering, tamperWithSignature } from './tamper.ts';

/** What one attempt puts on the wire. */
export interface Wire {
  /** The headers, those of the connection excepted. */
  readonly headers: HeaderRecord;
  /** The body in pieces; several are sent as chunks. */
  readonly pieces: readonly Buffer[];
  /** What was signed besides the timestamp. */
  readonly signedBody: Buffer;
  /** The timestamp header's text. */
  readonly timestamp: string | undefined;
  /** The right signature. */
  readonly expected: string;
  /** The one that is sent. */
  readonly sent: string | undefined;
}

/** What a wire is made from. */
export interface WireSource {
  /** An event, which is encoded; or a string or bytes, which go as they are. */
  readonly event: object | string;
  readonly secret: string;
  readonly bodyStyle: BodyStyle;
  readonly timestampStyle: TimestampStyle;
  /** When it is signed, in milliseconds since 1970 by the emulator's clock. */
  readonly now: number;
  /** What stands in place of that. */
  readonly timestamp: Date | number | string | undefined;
  readonly signature: SignatureTampering | undefined;
  readonly fault: Fault | undefined;
}

const BYTE_ORDER_MARK = Buffer.from('\ufeff', 'utf8');
const UNKNOWN_EVENT = 'emulator.unknown_event';
const SECOND_MS = 1_000;
const HALF = 2;
const CHUNKS = 3;

const tamperings: ReadonlyMap<string, SignatureTampering> = new Map([
  ['wrong-signature', 'wrong'],
  ['missing-signature', 'missing'],
  ['truncated-signature', 'truncated'],
]);

function toBytes(event: object | string, style: BodyStyle): Buffer {
  if (typeof event === 'string') return Buffer.from(event, 'utf8');
  return types.isUint8Array(event) ? Buffer.from(event) : encodeBody(event, style);
}

function renameEvent(event: object | string, name: string): object {
  const isLiteral = typeof event === 'string' || types.isUint8Array(event);
  const fields = isLiteral ? (parseObject(Buffer.from(event)) ?? {}) : event;
  return { ...fields, event: name };
}

/** The bytes to sign, and the event's name for the header where the bytes no longer tell it. */
function makeBody({ event, bodyStyle, fault }: WireSource): { body: Buffer; name?: string } {
  if (fault?.type === 'unknown-event') {
    const renamed = renameEvent(event, String(fault.params.event ?? UNKNOWN_EVENT));
    return { body: encodeBody(renamed, bodyStyle) };
  }
  const body = toBytes(event, bodyStyle);
  const name = eventNameIn(body);
  const named = name === undefined ? {} : { name };
  if (fault?.type === 'byte-order-mark') return { body: Buffer.concat([BYTE_ORDER_MARK, body]), ...named };
  if (fault?.type === 'truncated-json')
    return { body: body.subarray(0, Math.floor(body.length / HALF)), ...named };
  return { body };
}

function eventNameIn(body: Buffer): string | undefined {
  const name = parseObject(body)?.event;
  return typeof name === 'string' ? name : undefined;
}

function makeTimestamp({ now, timestamp, timestampStyle, fault }: WireSource): Date | number | string {
  const away = Number(fault?.params.seconds ?? DEFAULT_TIMESTAMP_FAULT_SECONDS) * SECOND_MS;
  const direction = fault?.type === 'stale-timestamp' ? -1 : fault?.type === 'future-timestamp' ? 1 : 0;
  if (direction === 0 && timestamp !== undefined) return timestamp;
  const time = now + direction * away;
  if (timestampStyle === 'milliseconds') return String(Math.floor(time));
  return timestampStyle === 'seconds' ? String(Math.floor(time / SECOND_MS)) : time;
}

/** Cuts bytes into pieces of about the same length, none of them empty. */
function cut(bytes: Buffer): Buffer[] {
  const length = Math.max(1, Math.ceil(bytes.length / CHUNKS));
  const pieces: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += length)
    pieces.push(bytes.subarray(start, start + length));
  return pieces;
}

/** Encodes and signs one attempt, with what a fault does to its bytes. */
export function makeWire(source: WireSource): Wire {
  const { fault, secret } = source;
  const { body, name } = makeBody(source);
  const signed = signWebhook({
    secret,
    body,
    timestamp: makeTimestamp(source),
    ...(name === undefined ? {} : { event: name }),
  });
  const { [SIGNATURE_HEADER]: expected = '', ...others } = signed.headers;
  const sent = tamperWithSignature(expected, tamperings.get(fault?.type ?? '') ?? source.signature);
  const bytes = fault?.type === 'gzip' ? gzipSync(body) : body;
  const pieces = fault?.type === 'chunked' ? cut(bytes) : [bytes];
  return {
    headers: {
      ...others,
      ...(sent === undefined ? {} : { [SIGNATURE_HEADER]: sent }),
      ...(fault?.type === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
      ...(fault?.type === 'chunked'
        ? { 'transfer-encoding': 'chunked' }
        : { 'content-length': String(bytes.length) }),
      'user-agent': 'whatsapp-gateway-emulator',
    },
    pieces,
    signedBody: body,
    timestamp: others[TIMESTAMP_HEADER],
    expected,
    sent,
  };
}
