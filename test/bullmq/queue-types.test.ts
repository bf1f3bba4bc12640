import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  type AddSendOptions,
  createSendQueue,
  type EventQueue,
  type EventWorkerOptions,
  isQueueError,
  type QueueConnection,
  type QueuedEventContext,
  type QueuedMessage,
  type QueuedSend,
  type QueuedSendOutcome,
  QueueError,
  type SendQueue,
  type SendWorkerOptions,
} from '../../src/bullmq/index.ts';
import type { MessageReceivedEvent, Sender, WebhookOptions } from '../../src/index.ts';

const phone = '+966501234567';
const message = 'مرحبا';

// These are checked by `tsc -p test`; running them shows only that what compiles also builds.
describe('the types of the send queue', () => {
  it('a queued message is a message, with an instance if need be', () => {
    const messages: QueuedMessage[] = [
      { phone, message, purpose: 'support', instanceId: undefined },
      // @ts-expect-error misspelt
      { phone, message, purpose: 'suport' },
      // @ts-expect-error the id belongs to the options
      { phone, message, purpose: 'support', id: 'order-1' },
    ];
    expect(messages).toHaveLength(3);
    expectTypeOf<SendQueue['add']>().returns.resolves.toEqualTypeOf<QueuedSend>();
    expectTypeOf<{ id: string; delay: number }>().toExtend<AddSendOptions>();
  });

  it('a connection is a client or its options, from an environment that may be unset', () => {
    expectTypeOf({ url: process.env.REDIS_URL }).toExtend<QueueConnection>();
    expectTypeOf<string>().not.toExtend<QueueConnection>();
    // @ts-expect-error a connection is required
    expect(() => createSendQueue({})).toThrow(TypeError);
    // @ts-expect-error a text is not taken
    expect(() => createSendQueue({ connection: 'redis://127.0.0.1:6379' })).toThrow(TypeError);
  });

  it('a worker sends with a sender or with the options of one', () => {
    expectTypeOf<Sender>().toExtend<NonNullable<SendWorkerOptions['sender']>>();
    expectTypeOf<{ isSuppressed: () => boolean }>().toExtend<NonNullable<SendWorkerOptions['sender']>>();
    // @ts-expect-error misspelt
    const sender: SendWorkerOptions['sender'] = { isSupressed: () => true };
    // @ts-expect-error both are needed
    const rateLimit: SendWorkerOptions['rateLimit'] = { max: 30 };
    expect([sender, rateLimit]).toHaveLength(2);
    expectTypeOf<QueuedSendOutcome['type']>().toEqualTypeOf<'sent' | 'refused' | 'retry' | 'unknown'>();
  });
});

describe('the types of the event queue', () => {
  it('its add is a handler of any event', () => {
    expectTypeOf<EventQueue['add']>().toExtend<NonNullable<WebhookOptions['onEvent']>>();
    expectTypeOf<EventQueue['add']>().toExtend<NonNullable<WebhookOptions['onMessage']>>();
    expectTypeOf<EventQueue['add']>().toExtend<NonNullable<WebhookOptions['onOptOut']>>();
  });

  it('handlers get what survives the queue, and nothing of the request', () => {
    type Handler = NonNullable<EventWorkerOptions['onMessage']>;
    expectTypeOf<Handler>().parameters.toEqualTypeOf<[MessageReceivedEvent, QueuedEventContext]>();
    expectTypeOf<QueuedEventContext['phone']>().toEqualTypeOf<string>();
    expectTypeOf<QueuedEventContext>().not.toHaveProperty('request');
    expectTypeOf<QueuedEventContext>().not.toHaveProperty('rawBody');
    // @ts-expect-error the option is called onOptOut
    const options: Partial<EventWorkerOptions> = { onOptout: () => undefined };
    expect(options).toHaveProperty('onOptout');
  });
});

it('the guard makes a QueueError of something unknown', () => {
  const thrown: unknown = new QueueError('wrong_state', 'm', { id: '1' });
  if (!isQueueError(thrown)) throw thrown;
  expectTypeOf(thrown).toEqualTypeOf<QueueError>();
  expectTypeOf(thrown.code).toEqualTypeOf<'queue_unavailable' | 'job_not_found' | 'wrong_state'>();
  expect(thrown.id).toBe('1');
});
