import { randomUUID } from 'node:crypto';
import { checkOptionNames, integerOption } from '../options.ts';
import { MAX_QUEUE_DELAY_MS } from '../protocol.ts';
import { checkMessage, checkMessageKeys, type SendMessage } from '../sender/message.ts';
import { checkId } from './ids.ts';
import type { SendJobData } from './send-job.ts';

/** A message for the queue: what is sent to whom, and through which instance. */
export interface QueuedMessage extends SendMessage {
  /**
   * The instance that sends.
   *
   * @default the sender's own
   */
  instanceId?: string | undefined;
}

/** What `add` can be told about one message. */
export interface AddSendOptions {
  /**
   * What this message is told from others by, such as `order-1042-paid`: the same id is one message, as long as its
   * record is kept. Any text of 1 to 256 characters.
   *
   * @default a new one for every call
   */
  id?: string | undefined;
  /**
   * How many milliseconds to wait before it is sent: up to 366 days.
   *
   * @default 0
   */
  delay?: number | undefined;
}

/**
 * Checks what can be checked when it is queued, as `send` does.
 *
 * @throws SendError for what cannot be right; TypeError for keys and values that cannot be used.
 */
export function checkQueuedMessage(
  given: Readonly<QueuedMessage>,
  normalize: (phone: string) => string | undefined,
): SendJobData {
  const isObject = typeof given === 'object' && given !== null;
  const { instanceId, ...message } = isObject ? given : { instanceId: undefined };
  checkMessageKeys('send', isObject ? message : given);
  if (instanceId !== undefined && (typeof instanceId !== 'string' || instanceId.trim() === '')) {
    throw new TypeError("add: the message's instanceId is no text. Give an instance's id, or leave it out.");
  }
  const { phone, message: text, purpose } = checkMessage(given, { apiKey: '', normalizePhone: normalize });
  return { phone, message: text, purpose, ...(instanceId !== undefined && { instanceId }) };
}

/**
 * Checks and completes what `add` is told about a message.
 *
 * @throws TypeError for what cannot be used.
 */
export function checkAddOptions(options: Readonly<AddSendOptions>): {
  readonly id: string;
  readonly delay: number;
} {
  checkOptionNames('add', options, ['id', 'delay']);
  const { id = randomUUID() } = options;
  checkId('add', id);
  const bounds = { min: 0, max: MAX_QUEUE_DELAY_MS, fallback: 0, unit: 'milliseconds' };
  return { id, delay: integerOption('add', 'delay', options.delay, bounds) };
}
