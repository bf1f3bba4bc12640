import { describe, expect, expectTypeOf, it } from 'vitest';
import type {
  DeliveryStore,
  MessageReceivedEvent,
  MessageStatusUpdatedEvent,
  RecipientOptedOutEvent,
  UnknownEvent,
  VerifiedWebhook,
  WebhookContext,
  WebhookErrorCode,
  WebhookEvent,
  WebhookHandler,
  WebhookOptions,
  WebhookOutcome,
  WebhookRequest,
  WebhookResponse,
} from '../../src/index.ts';
import { isWebhookError, verifyWebhook, WebhookError } from '../../src/index.ts';
import { SECRET } from '../support/deliveries.ts';

type MessageHandler = NonNullable<WebhookOptions['onMessage']>;
type OptOutHandler = NonNullable<WebhookOptions['onOptOut']>;

// These are checked by `tsc -p test`; running them shows only that what compiles also builds.
describe('the types of events', () => {
  it('a name leaves one event of the union', () => {
    type Named<Name> = Extract<WebhookEvent, { event: Name }>;
    expectTypeOf<Named<'message.received'>>().toEqualTypeOf<MessageReceivedEvent>();
    expectTypeOf<Named<'recipient.opted_out'>>().toEqualTypeOf<RecipientOptedOutEvent>();
    expectTypeOf<Named<'message.status_updated'>>().toEqualTypeOf<MessageStatusUpdatedEvent>();
    expectTypeOf<
      Exclude<WebhookEvent, { event: 'message.received' | 'recipient.opted_out' | 'message.status_updated' }>
    >().toEqualTypeOf<UnknownEvent>();
  });

  it('what an event has only under its name cannot be read as text before', () => {
    function text(event: WebhookEvent): string {
      // @ts-expect-error a status or an unknown event has no text
      const early: string = event.message_text;
      return event.event === 'message.received' ? event.message_text : String(early);
    }
    expect(text({ event: 'message.received', from: '1', message_text: 'm' })).toBe('m');
  });

  it('a name that is misspelt is not compared', () => {
    function isMessage(event: WebhookEvent): boolean {
      // @ts-expect-error no event has this name
      return event.event === 'message.recieved';
    }
    expect(isMessage({ event: 'recipient.opted_out', from: '1' })).toBe(false);
  });

  it('an event cannot be made without what handlers rely on', () => {
    // @ts-expect-error a message has a text
    const textless: MessageReceivedEvent = { event: 'message.received', from: '1' };
    // @ts-expect-error an opt-out says who
    const nobody: RecipientOptedOutEvent = { event: 'recipient.opted_out' };
    expect([textless.from, nobody.from]).toEqual(['1', undefined]);
  });
});

describe('the types of handlers', () => {
  it('may be synchronous or not, and answer anything', () => {
    expectTypeOf<() => void>().toExtend<MessageHandler>();
    expectTypeOf<() => Promise<void>>().toExtend<MessageHandler>();
    expectTypeOf<() => Promise<{ inserted: number }>>().toExtend<OptOutHandler>();
    expectTypeOf<(event: { from: string }) => void>().toExtend<OptOutHandler>();
  });

  it('get their own event and a context whose phone is a text where somebody is named', () => {
    expectTypeOf<MessageHandler>().parameters.toEqualTypeOf<[MessageReceivedEvent, WebhookContext]>();
    expectTypeOf<OptOutHandler>().parameters.toEqualTypeOf<[RecipientOptedOutEvent, WebhookContext]>();
    expectTypeOf<WebhookContext['phone']>().toEqualTypeOf<string>();
    type Loose = WebhookContext<string | undefined>;
    expectTypeOf<Loose['phone']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<NonNullable<WebhookOptions['onStatus']>>().parameter(1).toEqualTypeOf<Loose>();
    expectTypeOf<NonNullable<WebhookOptions['onEvent']>>().parameters.toEqualTypeOf<[WebhookEvent, Loose]>();
  });

  it('a handler of another event, or one that wants more than there is, does not compile', () => {
    type OptOut = WebhookHandler<RecipientOptedOutEvent>;
    // @ts-expect-error a message is no opt-out
    const options: WebhookOptions = { secret: SECRET, onMessage: (() => undefined) as OptOut };
    type Phone = { readonly phone: string };
    const greet = (_: unknown, { phone }: Phone) => phone;
    // @ts-expect-error an unknown event may have no phone
    const strict: WebhookOptions = { secret: SECRET, onEvent: greet };
    expect([options, strict]).toHaveLength(2);
  });

  it('nothing of an event or a context is any', () => {
    expectTypeOf<MessageReceivedEvent['ex_anything']>().toBeUnknown();
    expectTypeOf<WebhookContext['rawBody']>().toEqualTypeOf<Uint8Array>();
    expectTypeOf<WebhookContext['timestamp']>().toEqualTypeOf<Date>();
    expectTypeOf<WebhookContext['secretIndex']>().toEqualTypeOf<number>();
  });
});

describe('the types around a receiver', () => {
  it('deliveries is a store or false', () => {
    expectTypeOf<WebhookOptions['deliveries']>().toEqualTypeOf<DeliveryStore | false | undefined>();
  });

  it('outcomes, codes and answers are closed sets or plain values', () => {
    expectTypeOf<WebhookOutcome['type']>().toEqualTypeOf<
      'handled' | 'unhandled' | 'duplicate' | 'rejected' | 'failed' | 'timed_out'
    >();
    expectTypeOf<WebhookError['code']>().toEqualTypeOf<WebhookErrorCode>();
    expectTypeOf<string>().not.toExtend<WebhookErrorCode>();
    expectTypeOf<WebhookResponse['error']>().toEqualTypeOf<WebhookError | undefined>();
  });

  it('takes the headers of Node, of Fetch and of serverless platforms', () => {
    expectTypeOf<Headers>().toExtend<WebhookRequest['headers']>();
    expectTypeOf<import('node:http').IncomingHttpHeaders>().toExtend<WebhookRequest['headers']>();
    expectTypeOf<{ [name: string]: string | undefined }>().toExtend<WebhookRequest['headers']>();
    // @ts-expect-error a body that was parsed is no raw body
    const request: WebhookRequest = { headers: {}, rawBody: { event: 'message.received' } };
    expect(request).toHaveProperty('rawBody');
  });

  it('verifyWebhook answers at once', () => {
    expectTypeOf(verifyWebhook).returns.toEqualTypeOf<VerifiedWebhook>();
    expectTypeOf<VerifiedWebhook['event']>().toEqualTypeOf<WebhookEvent>();
  });

  it('the guard makes an error of something unknown', () => {
    const thrown: unknown = new WebhookError('handler_failed', 'm');
    if (!isWebhookError(thrown)) throw thrown;
    expectTypeOf(thrown).toEqualTypeOf<WebhookError>();
    // @ts-expect-error there is no such code
    expect(thrown.code === 'handler_faild').toBe(false);
  });
});
