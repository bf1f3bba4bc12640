import type { EmulatorClock } from './clock.ts';
import type { EmulatedCustomer } from './customer.ts';
import type { DeliverOptions } from './deliver-options.ts';
import type { EmulatorFaults } from './fault.ts';
import type { WaitForMessageOptions } from './message-log.ts';
import type {
  AcceptedMessage,
  EmulatorChange,
  EmulatorChanges,
  EmulatorState,
  ReceivedRequest,
  WebhookDelivery,
} from './model.ts';
import type { EmulatorWebhook } from './webhook-target.ts';

/** How a delivery is made once more. */
export interface ResendOptions {
  /**
   * `retry`: the same event, signed now. `exact`: the very bytes and headers of its last attempt, once. `edited`:
   * another body, signed now.
   */
  mode: 'retry' | 'exact' | 'edited';
  /** Of `edited`, which needs it: the body, as `deliver` takes one. @default none */
  body?: object | string;
}

/** A WhatsApp Gateway on this machine. */
export interface GatewayEmulator {
  /** Where it answers, such as `http://127.0.0.1:49152`: the sender's `baseUrl`. */
  readonly url: string;
  /** The key that sends must carry. */
  readonly apiKey: string;
  /** The account's one instance. */
  readonly instanceId: string;
  /** What deliveries are signed with: the app's receiver is built with it. */
  readonly webhookSecret: string;
  /** The accepted sends, oldest first: a copy, as of now. The oldest go when there are more than `historyLimit`. */
  readonly messages: readonly AcceptedMessage[];
  /** Every POST that was read to its end, refused ones included, oldest first: a copy, as of now. */
  readonly requests: readonly ReceivedRequest[];
  /** Every delivery, oldest first: a copy, as of now. */
  readonly deliveries: readonly WebhookDelivery[];
  /** The account and the settings: a copy, as of now. */
  readonly state: EmulatorState;
  /** The clock by which everything here is dated, counted, signed and retried. */
  readonly clock: EmulatorClock;
  /** What goes wrong on purpose. */
  readonly faults: EmulatorFaults;
  /**
   * Changes the account or the settings, all at once or, where a value cannot be used, nothing.
   *
   * @throws TypeError when a name is unknown or a value cannot be used.
   */
  update(changes: Readonly<EmulatorChanges>): void;
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
   * Lets a phone, in any spelling, be sent to again.
   *
   * @throws TypeError when the phone cannot be international.
   */
  unsuppress(phone: string): void;
  /**
   * Delivers any event, string or bytes to the webhook, and resolves once the first attempt has ended, or a fault
   * drops it or holds it for the next one (`reorder`). An app that refuses or cannot be reached is an attempt like
   * any other; it rejects only when no webhook is set, an option cannot be used, or the emulator is closed. It only
   * tells the app: an opt-out delivered here suppresses nobody, one by `customer` does.
   */
  deliver<Event extends object | string>(
    event: Event,
    options?: Readonly<DeliverOptions>,
  ): Promise<WebhookDelivery<Event>>;
  /**
   * Makes a delivery once more, as a new one.
   *
   * @throws Error when there is no such delivery (any more), or `exact` is asked of one that was never sent;
   * TypeError when an option cannot be used.
   */
  resend(
    deliveryId: string,
    options: Readonly<ResendOptions & Pick<DeliverOptions, 'wait'>>,
  ): Promise<WebhookDelivery>;
  /**
   * Resolves with the first accepted message that fits, also one from before the call. The error of a time-out lists
   * what did arrive and what was refused.
   */
  waitForMessage(options?: Readonly<WaitForMessageOptions>): Promise<AcceptedMessage>;
  /**
   * Resolves when no attempt to deliver is under way, no request is being answered and no retry is due now. Retries
   * that wait for their time, and what a fault holds back, do not count.
   */
  idle(): Promise<void>;
  /**
   * Calls back with every change, right after it, in order. What the listener throws is thrown outside.
   *
   * @returns what ends that.
   */
  subscribe(listener: (change: EmulatorChange) => void): () => void;
  /**
   * Forgets everything that happened: records, usage, suppression, faults, the clock's offset, and what is under way
   * or waits (those deliveries count as failed). Settings are again as at the start, except for the webhook, which
   * stays. Numbers in ids go on. For use between tests.
   */
  reset(): void;
  /** Stops listening and ends every connection, delivery and wait. Can be called again. */
  close(): Promise<void>;
  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
