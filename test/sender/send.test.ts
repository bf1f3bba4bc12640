import { describe, expect, onTestFinished, test } from 'vitest';
import type { SendResult } from '../../src/sender/sender.ts';
import { type SendTrace, sendChannel } from '../../src/telemetry.ts';
import { answer, answerSent, startGateway } from './support/gateway.ts';
import { failureOf, MESSAGE, makeSender, PHONE } from './support/sending.ts';

/** A dispatcher that must not be asked. */
const noNetwork = {
  dispatch: (): boolean => {
    throw new Error('The network was used.');
  },
};

describe('a send', () => {
  test('is the documented request', async () => {
    const gateway = await startGateway(answerSent);
    const sender = makeSender({ baseUrl: `${gateway.url}/prefix/` });
    const result = await sender.send({
      phone: '00966 50-123-4567',
      message: ' مرحبًا 👋 ',
      purpose: 'support',
    });
    expect(result).toEqual({
      status: 'sent',
      messageId: 'msg-1',
      logId: 7,
      attempts: 1,
      durationMs: expect.any(Number),
    });
    expect(result.durationMs).toBeGreaterThan(0);
    const [post] = gateway.posts;
    expect(post?.head.split('\r\n')[0]).toBe('POST /prefix/api/send-message HTTP/1.1');
    expect(post?.headers).toMatchObject({
      authorization: expect.stringMatching('^Bearer '),
      'content-type': 'application/json',
      accept: 'application/json',
    });
    expect(JSON.parse(post?.body ?? '')).toEqual({
      instance_id: 'inst-1',
      phone: PHONE,
      message: ' مرحبًا 👋 ',
      message_purpose: 'support',
    });
  });

  test('can name another instance', async () => {
    const gateway = await startGateway(answerSent);
    const { send } = makeSender({ baseUrl: gateway.url });
    await send(MESSAGE, { instanceId: 'inst-2', signal: undefined, timeoutMs: undefined });
    expect(JSON.parse(gateway.posts[0]?.body ?? '')).toMatchObject({ instance_id: 'inst-2' });
  });

  test('that is throttled is not tried again here, and says when to', async () => {
    const gateway = await startGateway((socket) =>
      answer(
        socket,
        429,
        { success: false, error: 'sending_throttled', message: 'Daily limit' },
        { 'retry-after': '60' },
      ),
    );
    const error = await failureOf(makeSender({ baseUrl: gateway.url }).send(MESSAGE));
    expect(error).toMatchObject({ retryable: true, retryAfterMs: 60_000, attempts: 1, status: 429 });
    const date = new Date(Date.now() + 60_000).toUTCString();
    const other = await startGateway((socket) => answer(socket, 429, '', { 'Retry-After': date }));
    const { retryAfterMs } = await failureOf(makeSender({ baseUrl: other.url }).send(MESSAGE));
    expect(retryAfterMs).toBeGreaterThan(55_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });
});

describe('a reply', () => {
  test.each<[unknown, string | undefined, string]>([
    ['inst-event', undefined, 'inst-event'],
    ['inst-event', 'inst-call', 'inst-call'],
    ['', undefined, 'inst-1'],
    [undefined, undefined, 'inst-1'],
    [7, undefined, 'inst-1'],
  ])(
    'to an event of instance %j, called with %j, goes through %s',
    async (instance_id, instanceId, expected) => {
      const gateway = await startGateway(answerSent);
      const sender = makeSender({ baseUrl: gateway.url });
      await sender.reply(
        { from: '966501234567', instance_id },
        { message: 'hi', purpose: 'support' },
        { instanceId },
      );
      expect(JSON.parse(gateway.posts[0]?.body ?? '')).toEqual({
        instance_id: expected,
        phone: PHONE,
        message: 'hi',
        message_purpose: 'support',
      });
    },
  );

  test('to nobody is refused', async () => {
    const sender = makeSender({ dispatcher: noNetwork });
    expect(
      await failureOf(sender.reply({ from: 'status@broadcast' }, { message: 'hi', purpose: 'support' })),
    ).toMatchObject({ code: 'invalid_phone' });
    expect(
      await failureOf(sender.reply({ from: undefined as never }, { message: 'hi', purpose: 'support' })),
    ).toMatchObject({ code: 'invalid_phone' });
  });
});

describe('before any network', () => {
  test.each<[string, object, string]>([
    ['no purpose', { purpose: undefined }, 'message_purpose_required'],
    ['an empty purpose', { purpose: '' }, 'message_purpose_required'],
    ['marketing', { purpose: 'marketing' }, 'message_purpose_not_allowed'],
    ['a purpose named like a method', { purpose: 'constructor' }, 'message_purpose_not_allowed'],
    ['a national number', { phone: '0501234567' }, 'invalid_phone'],
    ['no number', { phone: undefined }, 'invalid_phone'],
    ['a number that is a number', { phone: 966501234567 }, 'invalid_phone'],
    ['an empty message', { message: '' }, 'invalid_message'],
    ['a blank message', { message: ' \n\t ' }, 'invalid_message'],
    ['no message', { message: undefined }, 'invalid_message'],
    ['a message that is no text', { message: { text: 'x' } }, 'invalid_message'],
  ])('%s is refused', async (_, change, code) => {
    let asked = 0;
    const sender = makeSender({
      dispatcher: noNetwork,
      isSuppressed: () => {
        asked += 1;
        return false;
      },
    });
    const error = await failureOf(sender.send({ ...MESSAGE, ...change } as never));
    expect(error).toMatchObject({
      name: 'SendInputError',
      code,
      outcome: 'not_sent',
      retryable: false,
      attempts: 0,
      status: undefined,
    });
    expect(error.message).toContain('[not sent]');
    expect(asked).toBe(0);
  });

  test.each<[string, (sender: ReturnType<typeof makeSender>) => Promise<SendResult>, string]>([
    [
      'a key that does not exist',
      (s) => s.send({ ...MESSAGE, purpos: 'support' } as never),
      'Did you mean purpose?',
    ],
    [
      'the wire name of a key',
      (s) => s.send({ ...MESSAGE, instance_id: 'x' } as never),
      'no option "instance_id"',
    ],
    ['no message', (s) => s.send(undefined as never), 'send: the message is not an object'],
    [
      'a phone in a reply',
      (s) => s.reply({ from: PHONE }, MESSAGE as never),
      'reply: there is no option "phone"',
    ],
    ['no event', (s) => s.reply(undefined as never, MESSAGE), 'reply: the event is not an object'],
    [
      'an option that does not exist',
      (s) => s.send(MESSAGE, { timeout: 1 } as never),
      'Did you mean timeoutMs?',
    ],
    ['a time-out of 0', (s) => s.send(MESSAGE, { timeoutMs: 0 }), 'option timeoutMs is 0'],
    [
      'a signal that is none',
      (s) => s.send(MESSAGE, { signal: new AbortController() as never }),
      'option signal is',
    ],
    ['an empty instance', (s) => s.send(MESSAGE, { instanceId: ' ' }), 'option instanceId is " "'],
    ['options that are none', (s) => s.send(MESSAGE, null as never), 'the options are null'],
  ])('%s rejects with a TypeError, and throws nothing', async (_, misuse, message) => {
    const promise = misuse(makeSender({ dispatcher: noNetwork }));
    expect(promise).toBeInstanceOf(Promise);
    const error: unknown = await promise.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(message);
  });

  test('a misspelt purpose, key or option does not compile', () => {
    const { send, reply } = makeSender({ dispatcher: noNetwork });
    const never = (): unknown[] => [
      // @ts-expect-error a purpose the gateway does not know
      send({ ...MESSAGE, purpose: 'transactionnal' }),
      // @ts-expect-error a purpose the gateway refuses
      send({ ...MESSAGE, purpose: 'marketing' }),
      // @ts-expect-error a misspelt key
      send({ phone: PHONE, mesage: 'x', purpose: 'support' }),
      // @ts-expect-error a missing purpose
      send({ phone: PHONE, message: 'x' }),
      // @ts-expect-error a misspelt option
      send(MESSAGE, { timeoutMS: 1 }),
      // @ts-expect-error a recipient in a reply
      reply({ from: PHONE }, { phone: PHONE, message: 'x', purpose: 'support' }),
      // @ts-expect-error a misspelt option of the sender
      makeSender({ isSupressed: () => false }),
      // @ts-expect-error an answer that is neither yes nor no
      makeSender({ isSuppressed: () => undefined }),
    ];
    expect(never).toBeTypeOf('function');
  });
});

describe('normalizePhone', () => {
  test('of your own is used, and its answer brought to E.164 all the same', async () => {
    const gateway = await startGateway(answerSent);
    const asked: string[] = [];
    const sender = makeSender({
      baseUrl: gateway.url,
      normalizePhone: (phone) => (phone.startsWith('05') ? `966${phone.slice(1)}` : undefined),
      isSuppressed: (phone) => {
        asked.push(phone);
        return false;
      },
    });
    await sender.send({ ...MESSAGE, phone: '0501234567' });
    expect(asked).toEqual([PHONE]);
    expect(JSON.parse(gateway.posts[0]?.body ?? '')).toMatchObject({ phone: PHONE });
    expect(await failureOf(sender.send(MESSAGE))).toMatchObject({ code: 'invalid_phone' });
  });

  test.each([null, 7, '', 'x', Promise.resolve(PHONE)])('that answers %s refuses the send', async (value) => {
    const sender = makeSender({ dispatcher: noNetwork, normalizePhone: () => value as never });
    expect(await failureOf(sender.send(MESSAGE))).toMatchObject({
      code: 'invalid_phone',
      outcome: 'not_sent',
    });
  });
});

describe('isSuppressed', () => {
  test.each<[string, () => boolean | PromiseLike<boolean>]>([
    ['true', () => true],
    ['a promise of true', async () => true],
  ])('that answers %s refuses the send', async (_, isSuppressed) => {
    const sender = makeSender({ dispatcher: noNetwork, isSuppressed });
    expect(await failureOf(sender.send(MESSAGE))).toMatchObject({
      name: 'SendSuppressedError',
      code: 'recipient_suppressed',
      outcome: 'not_sent',
      retryable: false,
      attempts: 0,
    });
  });

  test.each<[string, () => unknown]>([
    ['undefined', () => undefined],
    ['null', () => null],
    ['a promise of nothing', async () => undefined],
    ['0', () => 0],
    ['"false"', async () => 'false'],
    ['an object', () => ({})],
    ['a function', () => () => false],
  ])('that answers %s sends nothing', async (_, isSuppressed) => {
    const sender = makeSender({ dispatcher: noNetwork, isSuppressed: isSuppressed as never });
    const error = await failureOf(sender.send(MESSAGE));
    expect(error).toMatchObject({
      name: 'SendError',
      code: 'suppression_check_failed',
      outcome: 'not_sent',
      retryable: true,
      attempts: 0,
    });
    expect(error.message).toContain('must answer true or false');
  });

  test.each<[string, () => boolean | Promise<boolean>]>([
    [
      'throws',
      () => {
        throw new Error('the database is down');
      },
    ],
    ['rejects', () => Promise.reject(new Error('the database is down'))],
  ])('that %s sends nothing, and tells why', async (_, isSuppressed) => {
    const sender = makeSender({ dispatcher: noNetwork, isSuppressed });
    const error = await failureOf(sender.send(MESSAGE));
    expect(error).toMatchObject({ code: 'suppression_check_failed', retryable: true });
    expect(error.cause).toMatchObject({ message: 'the database is down' });
  });

  test('is asked in E.164, again before every try', async () => {
    const asked: string[] = [];
    const sender = makeSender({
      dispatcher: noNetwork,
      isSuppressed: (phone, { signal }) => {
        expect(signal.aborted).toBe(false);
        asked.push(phone);
        // The opt-out comes while the sender waits for its third try.
        return asked.length > 2;
      },
    });
    const error = await failureOf(sender.send({ ...MESSAGE, phone: '966501234567' }));
    expect(error).toMatchObject({ code: 'recipient_suppressed', outcome: 'not_sent', attempts: 2 });
    expect(asked).toEqual([PHONE, PHONE, PHONE]);
  });
});

describe('telemetry', () => {
  type Ended = SendTrace & { result?: unknown; error?: unknown };

  function listen(): Ended[] {
    const ended: Ended[] = [];
    const listener = { asyncEnd: (trace: object) => ended.push(trace) };
    sendChannel.subscribe(listener as never);
    onTestFinished(() => sendChannel.unsubscribe(listener as never));
    return ended;
  }

  test('tells of a message that was sent', async () => {
    const ended = listen();
    const gateway = await startGateway(answerSent);
    await makeSender({ baseUrl: gateway.url }).send(MESSAGE);
    expect(ended).toMatchObject([
      { purpose: 'transactional', outcome: 'sent', status: 200, attempts: 1, durationMs: expect.any(Number) },
    ]);
  });

  test('tells of one that was not', async () => {
    const ended = listen();
    const gateway = await startGateway((socket) =>
      answer(socket, 502, { success: false, error: 'gateway_send_failed' }),
    );
    const sender = makeSender({ baseUrl: gateway.url });
    await failureOf(sender.send(MESSAGE));
    await failureOf(sender.send({ ...MESSAGE, phone: '05' }));
    await sender.send({ ...MESSAGE, purpos: 1 } as never).catch(() => undefined);
    expect(ended).toMatchObject([
      { purpose: 'transactional', outcome: 'unknown', status: 502, code: 'gateway_send_failed', attempts: 1 },
      { outcome: 'not_sent', code: 'invalid_phone', attempts: 0 },
      { outcome: 'not_sent' },
    ]);
  });
});
