import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { WebhookContext } from '../../src/webhook/context.ts';
import type {
  MessageReceivedEvent,
  MessageStatusUpdatedEvent,
  RecipientOptedOutEvent,
  WebhookEvent,
} from '../../src/webhook/event.ts';
import { type WebhookMiddleware, whatsappGatewayWebhook } from '../../src/webhook/middleware.ts';
import type { WebhookOptions } from '../../src/webhook/options.ts';
import { SECRET } from '../support/deliveries.ts';

// These are checked by `tsc -p test`; running them shows only that what compiles also builds.
describe('the types of the options', () => {
  it('each handler gets its event and a context', () => {
    const webhook = whatsappGatewayWebhook({
      secret: SECRET,
      onMessage: (event, context) => {
        expectTypeOf(event).toEqualTypeOf<MessageReceivedEvent>();
        expectTypeOf(event.message_text).toEqualTypeOf<string>();
        expectTypeOf(event.anything).toEqualTypeOf<unknown>();
        expectTypeOf(context.phone).toEqualTypeOf<string>();
        expectTypeOf(context.request).toEqualTypeOf<IncomingMessage | undefined>();
      },
      onOptOut: async (event, { phone, signal }) => {
        expectTypeOf(event).toEqualTypeOf<RecipientOptedOutEvent>();
        expectTypeOf(phone).toEqualTypeOf<string>();
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
      },
      onStatus: (event, context) => {
        expectTypeOf(event).toEqualTypeOf<MessageStatusUpdatedEvent>();
        expectTypeOf(context.phone).toEqualTypeOf<string | undefined>();
      },
      onEvent: (event, context) => {
        expectTypeOf(event).toEqualTypeOf<WebhookEvent>();
        expectTypeOf(context).toEqualTypeOf<WebhookContext<string | undefined>>();
      },
    });
    expectTypeOf(webhook).toEqualTypeOf<WebhookMiddleware>();
    expect(webhook).toBeTypeOf('function');
  });

  it('an event narrows by its name, and an unknown name is text', () => {
    function read(event: WebhookEvent): string {
      switch (event.event) {
        case 'message.received':
          return event.message_text;
        case 'recipient.opted_out':
          return event.from;
        case 'message.status_updated':
          expectTypeOf(event).toEqualTypeOf<MessageStatusUpdatedEvent>();
          return '';
        default: {
          const name: string = event.event;
          return name === 'instance.disconnected' ? String(event.instance_id) : name;
        }
      }
    }
    expect(read({ event: 'recipient.opted_out', from: '1' })).toBe('1');
    expect(read({ event: 'instance.connected' } as unknown as WebhookEvent)).toBe('instance.connected');
  });

  it('the middleware is a handler to Express', () => {
    expectTypeOf<WebhookMiddleware>().toExtend<RequestHandler>();
    expectTypeOf<WebhookMiddleware>().toBeCallableWith({} as IncomingMessage, {} as never);
  });

  it('environment variables, which may be unset, are taken as they are', () => {
    expectTypeOf({ secret: process.env.SECRET }).toExtend<WebhookOptions>();
    expectTypeOf({ secret: [process.env.NEW, process.env.OLD] }).toExtend<WebhookOptions>();
  });

  it('what is misspelt or wrong does not compile', () => {
    // @ts-expect-error the option is called onMessage
    expect(() => whatsappGatewayWebhook({ secret: SECRET, onMesage: () => undefined })).toThrow(TypeError);
    // @ts-expect-error a secret is required
    expect(() => whatsappGatewayWebhook({})).toThrow(TypeError);
    // @ts-expect-error a number of seconds
    expect(() => whatsappGatewayWebhook({ secret: SECRET, toleranceSeconds: '300' })).toThrow(TypeError);
    // @ts-expect-error a store has three steps
    expect(() => whatsappGatewayWebhook({ secret: SECRET, deliveries: { claim } })).toThrow(TypeError);
    // @ts-expect-error true is no store
    expect(() => whatsappGatewayWebhook({ secret: SECRET, deliveries: true })).toThrow(TypeError);
    // @ts-expect-error it was not called
    expectTypeOf(whatsappGatewayWebhook).toExtend<RequestHandler>();
  });

  it('an asynchronous deliveryKey does not compile', () => {
    // @ts-expect-error a text, not a promise of one
    whatsappGatewayWebhook({ secret: SECRET, deliveryKey: async () => 'key' });
    expect(() => whatsappGatewayWebhook({ secret: SECRET, deliveryKey: () => 'key' })).not.toThrow();
  });
});

async function claim() {
  return 'claimed' as const;
}
