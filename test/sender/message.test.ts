import { describe, expect, test } from 'vitest';
import type { SendResult } from '../../src/sender/sender.ts';
import { answerSent, startGateway } from './support/gateway.ts';
import { failureOf, MESSAGE, makeSender, noNetwork, PHONE, TEXT } from './support/sending.ts';

describe('before any network', () => {
  const purposes = 'transactional, operational, support, internal_team, authentication';
  const givePurpose = `Give purpose, one of ${purposes}.`;
  const notAllowed = `This purpose is not allowed, only ${purposes} are.`;
  const noPhone =
    'The phone number cannot be an international one: write it with its country code, such as +966…, or give ' +
    'createSender a normalizePhone that knows national formats.';
  const noPhoneText = 'The phone is not a text: give it as one, with a plus sign and its country code.';
  const noText = 'The message is not a text, or a blank one.';

  test.each<[string, object, string, string]>([
    ['no purpose', { purpose: undefined }, 'message_purpose_required', givePurpose],
    ['a purpose that is null', { purpose: null }, 'message_purpose_required', givePurpose],
    ['an empty purpose', { purpose: '' }, 'message_purpose_required', givePurpose],
    ['marketing', { purpose: 'marketing' }, 'message_purpose_not_allowed', notAllowed],
    ['a purpose named like a method', { purpose: 'constructor' }, 'message_purpose_not_allowed', notAllowed],
    ['a national number', { phone: '0501234567' }, 'invalid_phone', noPhone],
    ['no number', { phone: undefined }, 'invalid_phone', noPhoneText],
    ['a number that is a number', { phone: 966501234567 }, 'invalid_phone', noPhoneText],
    ['an empty message', { message: '' }, 'invalid_message', noText],
    ['a blank message', { message: ' \n\t ' }, 'invalid_message', noText],
    ['no message', { message: undefined }, 'invalid_message', noText],
    ['a message that is no text', { message: { text: 'x' } }, 'invalid_message', noText],
  ])('%s is refused', async (_, change, code, advice) => {
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
    expect(error.message).toBe(`${advice} [not sent]`);
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
    [
      'no message',
      (s) => s.send(undefined as never),
      'send: the message is not an object. Pass { phone, message, purpose }.',
    ],
    [
      'a text for a message',
      (s) => s.send(TEXT as never),
      'send: the message is not an object. Pass { phone, message, purpose }.',
    ],
    [
      'null for a reply',
      (s) => s.reply({ from: PHONE }, null as never),
      'reply: the message is not an object. Pass the event and { message, purpose }.',
    ],
    [
      'a phone in a reply',
      (s) => s.reply({ from: PHONE }, MESSAGE as never),
      'reply: there is no option "phone"',
    ],
    [
      'no event',
      (s) => s.reply(undefined as never, MESSAGE),
      'reply: the event is not an object. Pass the event and { message, purpose }.',
    ],
    ['null for an event', (s) => s.reply(null as never, MESSAGE), 'reply: the event is not an object'],
    ['a phone for an event', (s) => s.reply(PHONE as never, MESSAGE), 'reply: the event is not an object'],
    [
      'an option that does not exist',
      (s) => s.send(MESSAGE, { timeout: 1 } as never),
      'Did you mean timeoutMs?',
    ],
    ['a time-out of 0', (s) => s.send(MESSAGE, { timeoutMs: 0 }), 'option timeoutMs is 0'],
    [
      'a signal that is none',
      (s) => s.send(MESSAGE, { signal: new AbortController() as never }),
      "send: option signal is an object. Give an AbortController's signal, or leave it out.",
    ],
    ['null for a signal', (s) => s.send(MESSAGE, { signal: null as never }), 'option signal is null'],
    [
      'a signal that cannot be listened to',
      (s) => s.send(MESSAGE, { signal: { aborted: false } as never }),
      'option signal is an object',
    ],
    ['a text for a signal', (s) => s.send(MESSAGE, { signal: 'now' as never }), 'option signal is "now"'],
    [
      'an empty instance',
      (s) => s.send(MESSAGE, { instanceId: ' ' }),
      'send: option instanceId is " ". Give an instance\'s id, or leave it out.',
    ],
    [
      'an instance that is no text',
      (s) => s.reply({ from: PHONE }, { message: 'hi', purpose: 'support' }, { instanceId: 7 as never }),
      'reply: option instanceId is 7',
    ],
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

  test('that throws refuses the send, and tells why without the number', async () => {
    const sender = makeSender({
      dispatcher: noNetwork,
      normalizePhone: (phone) => {
        throw new RangeError(`${phone} is too short`);
      },
    });
    const error = await failureOf(sender.send(MESSAGE));
    expect(error).toMatchObject({ name: 'SendInputError', code: 'invalid_phone', outcome: 'not_sent' });
    expect(error.cause).toMatchObject({ name: 'RangeError', message: '[phone] is too short' });
  });

  test.each([null, 7, '', 'x', Promise.resolve(PHONE)])('that answers %s refuses the send', async (value) => {
    const sender = makeSender({ dispatcher: noNetwork, normalizePhone: () => value as never });
    expect(await failureOf(sender.send(MESSAGE))).toMatchObject({
      code: 'invalid_phone',
      outcome: 'not_sent',
    });
  });
});
