import { describe, expect, expectTypeOf, it } from 'vitest';
import type {
  MessageReceivedEvent,
  MessageStatusUpdatedEvent,
  RecipientOptedOutEvent,
  WebhookRequest,
} from '../../src/index.ts';
import {
  type AcceptedMessage,
  type EmulatedCustomer,
  type GatewayEmulator,
  type GatewayEmulatorOptions,
  messageReceived,
  messageStatusUpdated,
  type NewFault,
  recipientOptedOut,
  type SignedWebhook,
  signWebhook,
  type WebhookDelivery,
} from '../../src/testing/index.ts';
import { SECRET } from '../support/deliveries.ts';

// These are checked by `tsc -p test`; running them shows only that what compiles also builds.
describe('the types of the test helpers', () => {
  it('builders make the events that handlers get', () => {
    expectTypeOf(messageReceived).returns.toEqualTypeOf<MessageReceivedEvent>();
    expectTypeOf(recipientOptedOut).returns.toEqualTypeOf<RecipientOptedOutEvent>();
    expectTypeOf(messageStatusUpdated).returns.toEqualTypeOf<MessageStatusUpdatedEvent>();
    // @ts-expect-error a text
    expect(messageReceived({ message_text: 1 }).message_text).toBe(1);
    // @ts-expect-error the builder decides the name
    expect(recipientOptedOut({ event: 'message.received' }).event).toBe('message.received');
  });

  it('what is signed is what a receiver takes', () => {
    expectTypeOf<SignedWebhook>().toExtend<WebhookRequest>();
    // @ts-expect-error misspelt
    expect(() => signWebhook({ secret: SECRET, boddy: {} })).toThrow(TypeError);
  });

  it('what a customer does ends as a delivery of that event', () => {
    expectTypeOf<EmulatedCustomer['says']>().returns.resolves.toEqualTypeOf<
      WebhookDelivery<MessageReceivedEvent>
    >();
    expectTypeOf<EmulatedCustomer['optsOut']>().returns.resolves.toEqualTypeOf<
      WebhookDelivery<RecipientOptedOutEvent>
    >();
    expectTypeOf<GatewayEmulator['waitForMessage']>().returns.resolves.toEqualTypeOf<AcceptedMessage>();
  });

  it('faults and options that do not exist do not compile', () => {
    const faults: NewFault[] = [
      { on: 'send', type: 'reset', when: 'after' },
      // @ts-expect-error sends are not reordered
      { on: 'send', type: 'reorder' },
      // @ts-expect-error only sends have an after
      { on: 'delivery', type: 'drop', when: 'after' },
      // @ts-expect-error a delay has a length
      { on: 'send', type: 'delay' },
    ];
    // @ts-expect-error there is no such plan
    const options: GatewayEmulatorOptions = { plan: 'enterprise' };
    expect([...faults, options]).toHaveLength(5);
  });
});
