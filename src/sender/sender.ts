import { type Carried, carry } from './carry.ts';
import { type Connection, openConnection } from './connection.ts';
import { Deadline, startTimer } from './deadline.ts';
import type { SendDispatcher } from './exchange.ts';
import { senderClosed } from './failures.ts';
import {
  type CheckedCall,
  type CheckedMessage,
  checkCall,
  checkMessage,
  checkMessageKeys,
  checkReplyTarget,
  type ReplyMessage,
  type ReplyTarget,
  type SendCallOptions,
  type SendMessage,
} from './message.ts';
import { resolveSenderOptions, type SenderOptions } from './options.ts';
import { requestCreator } from './request.ts';
import { traced } from './trace.ts';

/** A message the gateway took. */
export interface SendResult {
  /** The gateway's own word for it, such as `sent`. */
  readonly status: string;
  /** The gateway's id of the message, or `null` where it gave none. */
  readonly messageId: string | null;
  /** The number of the gateway's log entry, or `null` where it gave none. */
  readonly logId: number | null;
  /** How many times a connection was asked to carry the message. */
  readonly attempts: number;
  /** How long it took altogether, in milliseconds. */
  readonly durationMs: number;
}

/** Sends messages through the gateway. */
export interface Sender {
  /**
   * Sends one message.
   *
   * @throws SendError where it was not sent, or may not have been; see its `outcome`.
   * @throws TypeError for a key or an option that does not exist or cannot be used.
   */
  send(message: Readonly<SendMessage>, options?: Readonly<SendCallOptions>): Promise<SendResult>;
  /**
   * Answers whom an event is from, through the instance it came to.
   *
   * @throws SendError where it was not sent, or may not have been; see its `outcome`.
   * @throws TypeError for a key or an option that does not exist or cannot be used.
   *
   * @example
   * whatsappGatewayWebhook({
   *   secret,
   *   onMessage: (event) => sender.reply(event, { message: 'شكرًا، وصلتنا رسالتك.', purpose: 'support' }),
   * });
   */
  reply(
    event: ReplyTarget,
    message: Readonly<ReplyMessage>,
    options?: Readonly<SendCallOptions>,
  ): Promise<SendResult>;
  /**
   * Takes no more sends, waits for those in flight (`timeoutMs` at the most) and closes its connections; a
   * `dispatcher` of yours stays open. Calling it again answers the same promise.
   */
  close(): Promise<void>;
  /** The same as {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a sender. It connects, and loads what connects, with the first send.
 *
 * The gateway knows no idempotency key, so that a second send of the same message is a second message: only what
 * provably never left is tried again, and every error tells by its `outcome` whether the message can have gone out.
 *
 * @throws TypeError for an option that does not exist or cannot be used.
 *
 * @example
 * const sender = createSender({ isSuppressed: (phone) => db.isOptedOut(phone) });
 * const { messageId } = await sender.send({ phone: '+966501234567', message: 'مرحبًا', purpose: 'support' });
 */
export function createSender(options: Readonly<SenderOptions> = {}): Sender {
  const config = resolveSenderOptions(options);
  const createRequest = requestCreator(config);
  const inFlight = new Set<Deadline>();
  let connection: Promise<Connection> | undefined;
  let dispatcher = config.dispatcher;
  let closing: Promise<void> | undefined;
  let onIdle: () => void = () => {};

  const open = async (): Promise<SendDispatcher> => {
    connection ??= openConnection(config);
    dispatcher = (await connection).dispatcher;
    return dispatcher;
  };

  const connect = (): SendDispatcher | Promise<SendDispatcher> => dispatcher ?? open();

  const submit = (check: () => { message: CheckedMessage; call: CheckedCall }): Promise<SendResult> =>
    traced(async (trace) => {
      const startedAt = performance.now();
      if (closing !== undefined) throw senderClosed();
      const { message, call } = check();
      trace.purpose = message.purpose;
      const deadline = new Deadline(call.timeoutMs, call.signal);
      inFlight.add(deadline);
      let carried: Carried;
      try {
        carried = await carry({ config, message, call, deadline, trace, createRequest, connect });
      } finally {
        deadline.dispose();
        inFlight.delete(deadline);
        if (inFlight.size === 0) onIdle();
      }
      const { status, messageId, logId, attempts } = carried;
      return { status, messageId, logId, attempts, durationMs: performance.now() - startedAt };
    });

  const finish = async (): Promise<void> => {
    if (inFlight.size > 0) {
      await new Promise<void>((resolve) => {
        const stopTimer = startTimer(config.timeoutMs, resolve);
        onIdle = () => {
          stopTimer();
          resolve();
        };
      });
    }
    for (const deadline of inFlight) deadline.end('closed');
    // A connection that could not be opened has told every send so, and leaves nothing to close.
    const opened = await connection?.catch(() => undefined);
    await opened?.destroy();
  };

  const close = (): Promise<void> => {
    closing ??= finish();
    return closing;
  };

  return {
    send: (message, callOptions) =>
      submit(() => {
        checkMessageKeys('send', message);
        const call = checkCall('send', callOptions, config);
        return { message: checkMessage(message, config), call };
      }),
    reply: (event, message, callOptions) =>
      submit(() => {
        checkReplyTarget(event);
        checkMessageKeys('reply', message);
        const call = checkCall('reply', callOptions, config, event.instance_id);
        return { message: checkMessage({ ...message, phone: event.from }, config), call };
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
