import { messageReceived, recipientOptedOut } from '../testing/events.ts';
import type { MessageReceivedEvent, RecipientOptedOutEvent } from '../webhook/event.ts';
import type { DeliverOptions } from './deliver-options.ts';
import type { WebhookDelivery } from './model.ts';
import { requirePhone } from './phone-argument.ts';

/** Somebody with WhatsApp, played by a test. */
export interface EmulatedCustomer {
  /** The phone as it was given, which is also how events spell it. */
  readonly phone: string;
  /** Writes a message, and resolves when the app has answered its delivery, as `deliver` does. */
  says(text: string, options?: Readonly<DeliverOptions>): Promise<WebhookDelivery<MessageReceivedEvent>>;
  /**
   * Opts out: the gateway refuses every later send to this person, under any spelling of the phone, and the app is
   * told. Resolves when the app has answered the delivery; a failed delivery changes nothing of the suppression.
   */
  optsOut(options?: Readonly<DeliverOptions>): Promise<WebhookDelivery<RecipientOptedOutEvent>>;
}

/** What a customer needs of the gateway. */
export interface CustomerGateway {
  /** The instance that customers write to. */
  readonly instanceId: string;
  /** Delivers one event to the app; first, where all of it can be done, does something else. */
  deliver<Event extends object>(
    event: Event,
    options: Readonly<DeliverOptions>,
    first?: () => void,
  ): Promise<WebhookDelivery<Event>>;
  /** Refuses later sends to a phone in E.164. */
  suppress(phone: string): void;
}

/**
 * Makes a customer of an emulated gateway.
 *
 * @throws TypeError when the phone cannot be international.
 */
export function createCustomer(gateway: CustomerGateway, phone: string): EmulatedCustomer {
  const normalized = requirePhone('customer', 'phone', phone);
  const common = { from: phone, instance_id: gateway.instanceId };
  return {
    phone,
    says: (text, options = {}) =>
      gateway.deliver(messageReceived({ ...common, message_text: text }), options),
    optsOut: (options = {}) =>
      gateway.deliver(recipientOptedOut(common), options, () => gateway.suppress(normalized)),
  };
}
