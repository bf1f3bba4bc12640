import type { EmulatedCustomer } from './customer.ts';
import type { DeliverOptions, WebhookDelivery } from './delivery.ts';
import type { AcceptedMessage, WaitForMessageOptions } from './message-log.ts';
import type { EmulatorWebhook } from './options.ts';
import type { ReceivedRequest } from './request-log.ts';

/** A WhatsApp Gateway on this machine. */
export interface GatewayEmulator {
  /** Where it answers, such as `http://127.0.0.1:49152`: the sender's `baseUrl`. */
  readonly url: string;
  /** The key that sends must carry. */
  readonly apiKey: string;
  /** The account's one instance. */
  readonly instanceId: string;
  /** The accepted sends, oldest first: a copy, as of now. */
  readonly messages: readonly AcceptedMessage[];
  /** Every POST that was read to its end, refused ones included, oldest first: a copy, as of now. */
  readonly requests: readonly ReceivedRequest[];
  /**
   * Sets where deliveries go, as in the dashboard: for an app that needs `url` before it listens itself.
   *
   * @throws TypeError when the address or the secret cannot be used.
   */
  setWebhook(webhook: Readonly<EmulatorWebhook>): void;
  /**
   * Plays somebody with WhatsApp; events spell the phone as it is given here.
   *
   * @throws TypeError when the phone cannot be international.
   */
  customer(phone: string): EmulatedCustomer;
  /**
   * Refuses later sends to a phone, in any spelling, without telling the app, as when it is blocked by hand.
   *
   * @throws TypeError when the phone cannot be international.
   */
  suppress(phone: string): void;
  /**
   * Delivers any event, string or bytes to the webhook, once. An app that refuses or cannot be reached is an attempt
   * like any other; it rejects only when no webhook is set, an option cannot be used, or the emulator is closed.
   * It only tells the app: an opt-out delivered here suppresses nobody, one by `customer` does.
   */
  deliver<Event extends object | string>(
    event: Event,
    options?: Readonly<DeliverOptions>,
  ): Promise<WebhookDelivery<Event>>;
  /**
   * Resolves with the first accepted message that fits, also one from before the call. The error of a time-out lists
   * what did arrive and what was refused.
   */
  waitForMessage(options?: Readonly<WaitForMessageOptions>): Promise<AcceptedMessage>;
  /** Stops listening and ends every connection, delivery and wait. Can be called again. */
  close(): Promise<void>;
  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
