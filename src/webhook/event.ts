import { isUtf8 } from 'node:buffer';
import * as v from 'valibot';
import { MESSAGE_RECEIVED, type MESSAGE_STATUS_UPDATED, RECIPIENT_OPTED_OUT } from '../protocol.ts';
import { invalidEvent, invalidJson } from './errors.ts';

/** What every event may carry. Fields that nobody documented are kept as they came. */
export interface EventFields {
  /** The instance it came through, an opaque text. */
  instance_id?: string | null;
  /** The instance's name in the dashboard. */
  instance_name?: string | null;
  /** Everything else that the gateway sent, untouched. */
  [field: string]: unknown;
}

/** A customer wrote a message. Contract: `message.received`. */
export interface MessageReceivedEvent extends EventFields {
  /** Tells the events apart. */
  event: typeof MESSAGE_RECEIVED;
  /** Who wrote it, as the gateway spells it: with or without `+`. `context.phone` has one spelling. */
  from: string;
  /** What was written. */
  message_text: string;
  /** `text` is the only type documented. */
  message_type?: string | null;
}

/** A customer wants no more messages. Contract: `recipient.opted_out`. */
export interface RecipientOptedOutEvent extends EventFields {
  /** Tells the events apart. */
  event: typeof RECIPIENT_OPTED_OUT;
  /** Who opted out, as the gateway spells it: with or without `+`. `context.phone` has one spelling. */
  from: string;
}

/** A sent message changed its state. The contract has only its name, `message.status_updated`. */
export interface MessageStatusUpdatedEvent extends EventFields {
  /** Tells the events apart. */
  event: typeof MESSAGE_STATUS_UPDATED;
}

/**
 * Any name that is not known. An enumeration only for the compiler, because a union is not narrowed by a property
 * that may be just any string, branded or not.
 */
declare enum UnknownEventName {
  unknown = '',
}

/** An event whose name this version does not know. */
export interface UnknownEvent extends EventFields {
  /** The name that came. To compare it, take it as text first: `const name: string = event.event`. */
  event: UnknownEventName;
}

/** Any event, told apart by `event`. */
export type WebhookEvent =
  | MessageReceivedEvent
  | RecipientOptedOutEvent
  | MessageStatusUpdatedEvent
  | UnknownEvent;

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

const optionalText = v.nullish(v.string());
const requiredText = v.pipe(v.string(), v.nonEmpty());
const commonFields = { event: requiredText, instance_id: optionalText, instance_name: optionalText };
const unknownEventSchema = v.object(commonFields);
const schemas = new Map<unknown, v.GenericSchema>([
  [
    MESSAGE_RECEIVED,
    v.object({ ...commonFields, from: requiredText, message_text: v.string(), message_type: optionalText }),
  ],
  [RECIPIENT_OPTED_OUT, v.object({ ...commonFields, from: requiredText })],
]);

function nameOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'event' in value ? value.event : undefined;
}

/** What a value is, and never the value itself: it may be a customer's phone or words. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (value === '') return 'empty';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/**
 * Reads the bytes of a delivery whose signature held: UTF-8, JSON, then the fields that handlers rely on. The
 * value is the one that `JSON.parse` made, so that no field is lost or renamed on the way.
 *
 * @throws WebhookError `invalid_json` or `invalid_event`.
 */
export function parseEvent(rawBody: Uint8Array): WebhookEvent {
  if (!isUtf8(rawBody)) throw invalidJson('it is not UTF-8');
  const bytes = Buffer.from(rawBody.buffer, rawBody.byteOffset, rawBody.byteLength);
  const start = bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
    ? BYTE_ORDER_MARK.length
    : 0;
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8', start));
  } catch {
    // The parser's own message quotes the body, which holds a customer's words.
    throw invalidJson(bytes.length === 0 ? 'it is empty' : 'JSON.parse refuses it');
  }
  if (Array.isArray(value)) throw invalidEvent('it is an array');
  const schema = schemas.get(nameOf(value)) ?? unknownEventSchema;
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (!result.success) {
    const issue = result.issues[0];
    const field = v.getDotPath(issue);
    throw invalidEvent(`${field === null ? 'it' : `field ${field}`} is ${kindOf(issue.input)}`);
  }
  return value as WebhookEvent;
}
