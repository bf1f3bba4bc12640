import { Agent } from 'undici';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  createSender,
  type GatewayErrorCode,
  isSendError,
  type MessagePurpose,
  type MessageReceivedEvent,
  messagePurposes,
  type OwnSendErrorCode,
  type ReplyTarget,
  type SendCallOptions,
  type SendDispatcher,
  SendError,
  type Sender,
  type SenderOptions,
  type SendMessage,
  type SendOutcome,
  type SendResult,
  SendThrottledError,
  type SuppressionCheck,
  type WebhookEvent,
} from '../../src/index.ts';

const phone = '+966501234567';
const message = 'مرحبا';

// These are checked by `tsc -p test`; running them shows only that what compiles also builds.
describe('the types of what is sent', () => {
  it('a purpose is one of five', () => {
    expectTypeOf<MessagePurpose>().toEqualTypeOf<
      'transactional' | 'operational' | 'support' | 'internal_team' | 'authentication'
    >();
    expectTypeOf<(typeof messagePurposes)[number]>().toEqualTypeOf<MessagePurpose>();
    expect(messagePurposes).toHaveLength(5);
  });

  it('what is misspelt, missing or not allowed does not compile', () => {
    const messages: SendMessage[] = [
      { phone, message, purpose: 'support' },
      // @ts-expect-error misspelt
      { phone, message, purpose: 'suport' },
      // @ts-expect-error the gateway refuses it
      { phone, message, purpose: 'marketing' },
      // @ts-expect-error a purpose is required
      { phone, message },
      // @ts-expect-error the field is called phone
      { to: phone, message, purpose: 'support' },
      // @ts-expect-error a number has lost its plus sign and its leading zeros
      { phone: 966501234567, message, purpose: 'support' },
    ];
    expect(messages).toHaveLength(6);
  });

  it('a reply takes its recipient from the event, which must name one', () => {
    expectTypeOf<MessageReceivedEvent>().toExtend<ReplyTarget>();
    expectTypeOf<WebhookEvent>().not.toExtend<ReplyTarget>();
    type Reply = Parameters<Sender['reply']>[1];
    // @ts-expect-error the recipient is the event's
    const reply: Reply = { phone, message, purpose: 'support' };
    expect(reply).toHaveProperty('phone');
  });

  it('a result is what the gateway says, with null where it says nothing', () => {
    expectTypeOf<Sender['send']>().returns.resolves.toEqualTypeOf<SendResult>();
    expectTypeOf<SendResult['messageId']>().toEqualTypeOf<string | null>();
    expectTypeOf<SendResult['logId']>().toEqualTypeOf<number | null>();
  });
});

describe('the types of the options', () => {
  it('environment variables, which may be unset, are taken as they are', () => {
    expectTypeOf({ apiKey: process.env.KEY, instanceId: process.env.INSTANCE }).toExtend<SenderOptions>();
    expectTypeOf({ signal: undefined, timeoutMs: undefined }).toExtend<SendCallOptions>();
  });

  it('isSuppressed answers true or false, at once or later', () => {
    expectTypeOf<() => boolean>().toExtend<SuppressionCheck>();
    expectTypeOf<(phone: string) => Promise<boolean>>().toExtend<SuppressionCheck>();
    expectTypeOf<SuppressionCheck>().parameters.toEqualTypeOf<[string, { readonly signal: AbortSignal }]>();
    expectTypeOf<() => Promise<boolean | undefined>>().not.toExtend<SuppressionCheck>();
    expectTypeOf<() => Promise<unknown[]>>().not.toExtend<SuppressionCheck>();
    expectTypeOf<() => void>().not.toExtend<SuppressionCheck>();
  });

  it("undici's dispatchers fit", () => {
    expectTypeOf<Agent>().toExtend<SendDispatcher>();
    expect(new Agent()).toHaveProperty('dispatch');
  });

  it('what is misspelt or wrong does not compile', () => {
    const wrong: SenderOptions[] = [
      // @ts-expect-error the option is called apiKey
      { apikey: 'wg_live_1' },
      // @ts-expect-error only what was not sent is tried again, so the option is called unsent
      { retry: { retries: 2 } },
      // @ts-expect-error a number of milliseconds
      { timeoutMs: '15s' },
      // @ts-expect-error a number has no phone
      { normalizePhone: (given: number) => String(given) },
    ];
    for (const options of wrong) expect(() => createSender(options)).toThrow(TypeError);
  });
});

describe('the types of the errors', () => {
  it('the guard makes an error of something unknown, and a class one of its kind', () => {
    const thrown: unknown = new SendThrottledError('m', { code: 'sending_throttled', outcome: 'not_sent' });
    if (!isSendError(thrown)) throw thrown;
    expectTypeOf(thrown).toEqualTypeOf<SendError>();
    expectTypeOf(thrown.outcome).toEqualTypeOf<SendOutcome>();
    expectTypeOf<SendOutcome>().toEqualTypeOf<'not_sent' | 'unknown'>();
    expectTypeOf(thrown.retryAfterMs).toEqualTypeOf<number | undefined>();
    // @ts-expect-error there is no such outcome
    expect(thrown.outcome === 'sent').toBe(false);
    expect(thrown).toBeInstanceOf(SendError);
  });

  it('known codes are offered, and codes that nobody has seen yet are taken', () => {
    expectTypeOf<GatewayErrorCode | OwnSendErrorCode>().toExtend<SendError['code']>();
    expectTypeOf<'a_code_of_next_year'>().toExtend<SendError['code']>();
    expectTypeOf<'sending_throttled'>().toExtend<GatewayErrorCode>();
    expectTypeOf<'timeout'>().toExtend<OwnSendErrorCode>();
    expectTypeOf<string>().not.toExtend<GatewayErrorCode>();
    expectTypeOf<string>().not.toExtend<OwnSendErrorCode>();
  });
});
