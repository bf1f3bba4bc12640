import { checkOptionNames, invalidOption } from '../options.ts';
import { normalizePhone as toE164 } from '../phone.ts';
import { type MessagePurpose, messagePurposes } from '../protocol.ts';
import { SendInputError } from './errors.ts';
import { createMask, maskError } from './mask.ts';
import { readTimeout, type SenderConfig } from './options.ts';

/** What is sent to whom. */
export interface SendMessage {
  /** The recipient, as international number, with or without `+`; see `normalizePhone`. */
  phone: string;
  /** The text; any that is not blank. */
  message: string;
  /** Why it is sent. The gateway allows nothing else. */
  purpose: MessagePurpose;
}

/** A message without its recipient, who is taken from the event that is answered. */
export type ReplyMessage = Omit<SendMessage, 'phone'>;

/** The event that is answered: `message.received`, or any with the same two fields. */
export interface ReplyTarget {
  /** Who gets the reply. */
  readonly from: string;
  /** Which instance sends it, if it is a text that is not empty; else the sender's own. */
  readonly instance_id?: unknown;
}

/** What one call may decide differently. */
export interface SendCallOptions {
  /**
   * Ends the send. Once the request was written, the message may have gone out all the same: see `outcome`.
   *
   * @default none
   */
  signal?: AbortSignal | undefined;
  /**
   * How many milliseconds this send may take.
   *
   * @default the sender's own timeoutMs
   */
  timeoutMs?: number | undefined;
  /**
   * The instance that sends.
   *
   * @default the event's own for a reply, else the sender's
   */
  instanceId?: string | undefined;
}

/** A message that can be right: nothing of it is checked again. */
export interface CheckedMessage {
  /** In E.164 with a plus sign. */
  readonly phone: string;
  /** As the caller spelled it; an error must not show it either. */
  readonly givenPhone: string;
  readonly message: string;
  readonly purpose: MessagePurpose;
}

/** {@link SendCallOptions}, resolved. */
export interface CheckedCall {
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
  readonly instanceId: string;
}

const MESSAGE_KEYS: readonly (keyof SendMessage)[] = ['phone', 'message', 'purpose'];
const REPLY_KEYS: readonly (keyof ReplyMessage)[] = ['message', 'purpose'];
const examples = { send: '{ phone, message, purpose }', reply: 'the event and { message, purpose }' };
const CALL_OPTIONS: readonly (keyof SendCallOptions)[] = ['signal', 'timeoutMs', 'instanceId'];

/**
 * Checks that a message has the right keys, before anything looks at their values.
 *
 * @throws TypeError that shows no value: a phone number may stand where an object belongs.
 */
export function checkMessageKeys(owner: 'send' | 'reply', message: unknown): void {
  if (typeof message !== 'object' || message === null) {
    throw new TypeError(`${owner}: the message is not an object. Pass ${examples[owner]}.`);
  }
  const misplaced = CALL_OPTIONS.find((option) => option in message);
  if (misplaced !== undefined) {
    const others = owner === 'send' ? 'message' : 'event, message';
    throw new TypeError(
      `${owner}: ${misplaced} is no part of the message. Pass ${owner}(${others}, { ${misplaced} }).`,
    );
  }
  checkOptionNames(owner, message, owner === 'send' ? MESSAGE_KEYS : REPLY_KEYS);
}

/**
 * @throws TypeError unless there is an event.
 * @throws SendInputError where it names nobody to answer.
 */
export function checkReplyTarget(event: unknown): void {
  if (typeof event !== 'object' || event === null) {
    throw new TypeError(`reply: the event is not an object. Pass ${examples.reply}.`);
  }
  if ('from' in event && event.from !== undefined) return;
  throw refuse('invalid_phone', 'The event has no from, so there is nobody to answer.');
}

/**
 * Checks what can be checked without a network.
 *
 * @throws SendInputError for what cannot be right.
 */
export function checkMessage(
  given: Readonly<SendMessage>,
  config: Pick<SenderConfig, 'apiKey' | 'normalizePhone'>,
): CheckedMessage {
  const purpose: unknown = given.purpose;
  if (purpose === undefined || purpose === null || purpose === '') {
    throw refuse('message_purpose_required', `Give purpose, one of ${messagePurposes.join(', ')}.`);
  }
  if (!isPurpose(purpose)) {
    // Not shown: arguments get mixed up, and a phone number must not end up in an error.
    throw refuse(
      'message_purpose_not_allowed',
      `This purpose is not allowed, only ${messagePurposes.join(', ')} are.`,
    );
  }
  const message: unknown = given.message;
  if (typeof message !== 'string' || message.trim() === '') {
    throw refuse('invalid_message', 'The message is not a text, or a blank one.');
  }
  return { phone: checkPhone(given.phone, config), givenPhone: given.phone, message, purpose };
}

function isPurpose(value: unknown): value is MessagePurpose {
  return messagePurposes.some((purpose) => purpose === value);
}

function checkPhone(
  given: unknown,
  { apiKey, normalizePhone }: Pick<SenderConfig, 'apiKey' | 'normalizePhone'>,
): string {
  const advice =
    'The phone number cannot be an international one: write it with its country code, such as +966…, or give ' +
    'createSender a normalizePhone that knows national formats.';
  if (typeof given !== 'string') {
    throw refuse(
      'invalid_phone',
      'The phone is not a text: give it as one, with a plus sign and its country code.',
    );
  }
  let phone: string | undefined;
  try {
    phone = normalizePhone(given);
  } catch (error) {
    throw refuse('invalid_phone', advice, maskError(error, createMask({ apiKey, phones: [given] })));
  }
  // However it was made: an opt-out that misses someone for want of a plus sign is the worst that can happen.
  const e164 = typeof phone === 'string' ? toE164(phone) : undefined;
  if (e164 === undefined) throw refuse('invalid_phone', advice);
  return e164;
}

function refuse(code: string, advice: string, cause?: unknown): SendInputError {
  return new SendInputError(`${advice} [not sent]`, { code, outcome: 'not_sent', cause });
}

/**
 * Checks and completes what one call decides.
 *
 * @throws TypeError for what cannot be used.
 */
export function checkCall(
  owner: 'send' | 'reply',
  options: Readonly<SendCallOptions> | undefined,
  config: SenderConfig,
  eventInstanceId?: unknown,
): CheckedCall {
  const fromEvent =
    typeof eventInstanceId === 'string' && eventInstanceId !== '' ? eventInstanceId : undefined;
  const usualInstanceId = fromEvent ?? config.instanceId;
  if (options === undefined) {
    return { signal: undefined, timeoutMs: config.timeoutMs, instanceId: usualInstanceId };
  }
  checkOptionNames(owner, options, CALL_OPTIONS);
  const { signal, instanceId } = options;
  if (signal !== undefined && !isSignal(signal)) {
    throw invalidOption(owner, 'signal', signal, "Give an AbortController's signal, or leave it out.");
  }
  if (instanceId !== undefined && (typeof instanceId !== 'string' || instanceId.trim() === '')) {
    throw invalidOption(owner, 'instanceId', instanceId, "Give an instance's id, or leave it out.");
  }
  return {
    signal,
    timeoutMs: readTimeout(owner, options.timeoutMs, config.timeoutMs),
    instanceId: instanceId ?? usualInstanceId,
  };
}

function isSignal(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value;
}
