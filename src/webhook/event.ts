import { TextDecoder } from 'node:util';
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

// It drops one byte order mark.
const utf8 = new TextDecoder('utf-8', { fatal: true });

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isSomeText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string';
}

/** The first field that handlers could not rely on. By hand: a schema library's import costs more than ten thousand deliveries. */
function wrongField(fields: Readonly<Record<string, unknown>>): string | undefined {
  const { event } = fields;
  if (!isSomeText(event)) return 'event';
  if (!isOptionalText(fields.instance_id)) return 'instance_id';
  if (!isOptionalText(fields.instance_name)) return 'instance_name';
  if (event !== MESSAGE_RECEIVED && event !== RECIPIENT_OPTED_OUT) return undefined;
  if (!isSomeText(fields.from)) return 'from';
  if (event === RECIPIENT_OPTED_OUT) return undefined;
  if (!isText(fields.message_text)) return 'message_text';
  return isOptionalText(fields.message_type) ? undefined : 'message_type';
}

/** What a value is, and never the value itself: it may be a customer's phone or words. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (value === '') return 'empty';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads the bytes of a delivery whose signature held: UTF-8, JSON, then the fields that handlers rely on. The
 * value is the one that `JSON.parse` made, so that no field is lost or renamed on the way.
 *
 * @throws WebhookError `invalid_json` or `invalid_event`.
 */
export function parseEvent(rawBody: Uint8Array): WebhookEvent {
  let text: string;
  try {
    text = utf8.decode(rawBody);
  } catch {
    throw invalidJson('it is not UTF-8');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the body, which holds a customer's words.
    throw invalidJson(text === '' ? 'it is empty' : 'JSON.parse refuses it');
  }
  if (!isObject(value)) throw invalidEvent(`it is ${kindOf(value)}`);
  const wrong = wrongField(value);
  if (wrong !== undefined) throw invalidEvent(`field ${wrong} is ${kindOf(value[wrong])}`);
  return value as WebhookEvent;
}
