import { describe, expect, onTestFinished, test } from 'vitest';
import { type SendTrace, sendChannel } from '../../src/telemetry.ts';
import { answer, answerSent, startGateway } from './support/gateway.ts';
import { failureOf, MESSAGE, makeSender, noNetwork, PHONE } from './support/sending.ts';

describe('a send', () => {
  test('is the documented request', async () => {
    const gateway = await startGateway(answerSent);
    const sender = makeSender({ baseUrl: `${gateway.url}/prefix/` });
    const startedAt = performance.now();
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
    expect(result.durationMs).toBeLessThanOrEqual(performance.now() - startedAt);
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
    expect(error.message).toContain('must answer true or false, and answered ');
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
    const startedAt = performance.now();
    await makeSender({ baseUrl: gateway.url }).send(MESSAGE);
    expect(ended[0]?.durationMs).toBeLessThanOrEqual(performance.now() - startedAt);
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

describe('a mistake is told so that one knows what to do', () => {
  const sending = () => makeSender({ dispatcher: noNetwork });

  test.each<[string, object, string]>([
    ['an instance', { ...MESSAGE, instanceId: 'x' }, 'Pass send(message, { instanceId }).'],
    ['a time-out', { ...MESSAGE, timeoutMs: 1 }, 'timeoutMs is no part of the message.'],
    ['a signal', { ...MESSAGE, signal: AbortSignal.abort() }, 'signal is no part of the message.'],
    [
      'the wire name of the purpose',
      { phone: PHONE, message: 'm', message_purpose: 'support' },
      'Did you mean message or purpose?',
    ],
  ])('%s in the message', async (_, message, advice) => {
    const error: unknown = await sending()
      .send(message as never)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(advice);
  });

  test('what belongs beside the message is shown beside it, for each of the two', async () => {
    const misplaced = { message: 'm', purpose: 'support', signal: AbortSignal.abort() } as const;
    await expect(sending().send({ ...misplaced, phone: PHONE })).rejects.toThrow(
      new TypeError('send: signal is no part of the message. Pass send(message, { signal }).'),
    );
    await expect(sending().reply({ from: PHONE }, misplaced)).rejects.toThrow(
      new TypeError('reply: signal is no part of the message. Pass reply(event, message, { signal }).'),
    );
  });

  test('a phone that is a number has lost its plus sign', async () => {
    const error = await failureOf(sending().send({ ...MESSAGE, phone: 966501234567 as never }));
    expect(error).toMatchObject({ code: 'invalid_phone' });
    expect(error.message).toContain('The phone is not a text: give it as one');
  });

  test.each([{ event: 'message.status_updated' }, { from: undefined }])(
    '%j names nobody to reply to',
    async (event) => {
      const error = await failureOf(sending().reply(event as never, { message: 'm', purpose: 'support' }));
      expect(error).toMatchObject({ name: 'SendInputError', code: 'invalid_phone', outcome: 'not_sent' });
      expect(error.message).toContain('The event has no from');
    },
  );

  test.each<[string, unknown]>([
    ['undefined (is there a return?)', undefined],
    ['an array (is it empty?)', ['0501234567']],
    ['null', null],
    ['something of type string', '0501234567'],
  ])('isSuppressed answered %s', async (kind, answer) => {
    const sender = makeSender({ dispatcher: noNetwork, isSuppressed: () => answer as never });
    const { message } = await failureOf(sender.send(MESSAGE));
    expect(message).toContain(`and answered ${kind}.`);
    expect(message).not.toContain('0501234567');
  });
});
