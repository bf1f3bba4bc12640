import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { SendError } from '../../src/sender/errors.ts';
import { createMask, maskError } from '../../src/sender/mask.ts';
import { createSender } from '../../src/sender/sender.ts';
import { sendChannel } from '../../src/telemetry.ts';
import { failures } from './support/failures.ts';
import { answer, answerSent, startGateway } from './support/gateway.ts';
import { API_KEY, failureOf, MESSAGE, makeSender, PHONE, TEXT } from './support/sending.ts';

const SECRETS = [API_KEY, API_KEY.slice(5), PHONE, PHONE.slice(1), TEXT];
const EVERYTHING = { showHidden: true, depth: Number.POSITIVE_INFINITY, getters: true } as const;

function expectNothingSecret(value: unknown): void {
  const shown = [inspect(value, EVERYTHING), JSON.stringify(value), String(value)];
  if (value instanceof Error) shown.push(value.message, value.stack ?? '', inspect(value.cause, EVERYTHING));
  for (const text of shown) for (const secret of SECRETS) expect(text).not.toContain(secret);
}

test.each(failures)('$name: neither key nor phone nor text shows', async ({ start }) => {
  const traces: unknown[] = [];
  const listener = { asyncEnd: (trace: object) => traces.push(trace) };
  sendChannel.subscribe(listener as never);
  const { options } = await start();
  const sender = makeSender(options);
  expectNothingSecret(await failureOf(sender.send(MESSAGE)));
  expectNothingSecret(sender);
  sendChannel.unsubscribe(listener as never);
  expect(traces).toHaveLength(1);
  expectNothingSecret(traces);
});

describe('errors of others', () => {
  /** As HTTP libraries make them. */
  function telltale(): Error {
    const error = Object.assign(new Error(`POST failed with Bearer ${API_KEY} for ${PHONE}`), {
      code: API_KEY,
      config: { headers: { authorization: API_KEY } },
      request: { body: TEXT },
      [Symbol('opts')]: { headers: [API_KEY] },
    });
    error.cause = Object.assign(new Error(TEXT), { headers: API_KEY });
    return new AggregateError([error, API_KEY, { API_KEY }], API_KEY, { cause: error });
  }

  async function failWith(error: unknown, afterStart: boolean): Promise<SendError> {
    const sender = makeSender({
      dispatcher: {
        dispatch: (options, handler) => {
          if (afterStart) handler.onConnect?.(() => undefined);
          Object.assign(error as object, { options });
          handler.onError?.(error as Error);
          return true;
        },
      },
    });
    return failureOf(sender.send(MESSAGE));
  }

  test.each([true, false])('of a dispatcher (after the start: %s)', async (afterStart) => {
    const error = await failWith(telltale(), afterStart);
    expect(error.cause).toBeInstanceOf(Error);
    expectNothingSecret(error);
    expectNothingSecret(await failWith({ API_KEY, toString: () => API_KEY }, afterStart));
  });

  test('of isSuppressed', async () => {
    const sender = makeSender({
      isSuppressed: (phone) => {
        throw Object.assign(new Error(`no row for ${phone}`), { parameters: [phone] });
      },
    });
    const error = await failureOf(sender.send(MESSAGE));
    expect(error.cause).toMatchObject({ message: 'no row for [phone]' });
    expectNothingSecret(error);
  });

  test('of normalizePhone', async () => {
    const sender = makeSender({
      normalizePhone: (phone) => {
        throw new Error(`cannot parse ${phone}`);
      },
    });
    const error = await failureOf(sender.send(MESSAGE));
    expect(error.cause).toMatchObject({ message: 'cannot parse [phone]' });
    expectNothingSecret(error);
  });

  test('keep what tells why: name, message, code, stack, causes', () => {
    const inner = Object.assign(new RangeError('inner'), { code: 'E_INNER' });
    const outer = new Error('outer', { cause: inner });
    const copy = maskError(outer, createMask({ apiKey: API_KEY })) as Error;
    expect(copy).toMatchObject({
      message: 'outer',
      cause: { name: 'RangeError', message: 'inner', code: 'E_INNER' },
    });
    expect(copy.stack).toBe(outer.stack);
  });

  test('that refer to themselves, or throw when read, do no harm', () => {
    const mask = createMask({ apiKey: API_KEY });
    const circular = new Error('round');
    circular.cause = circular;
    expect(maskError(circular, mask)).toMatchObject({ message: 'round' });
    const hostile = new Error('x');
    Object.defineProperty(hostile, 'message', {
      get: () => {
        throw new Error(API_KEY);
      },
    });
    expect(maskError(hostile, mask)).toMatchObject({ message: '' });
  });
});

describe('misuse', () => {
  test.each<[string, (sender: ReturnType<typeof makeSender>) => Promise<unknown>]>([
    ['a phone instead of a message', (sender) => sender.send(PHONE as never)],
    ['a phone as purpose', (sender) => sender.send({ ...MESSAGE, purpose: PHONE as never })],
    ['a text as purpose', (sender) => sender.send({ ...MESSAGE, purpose: TEXT as never })],
    ['a phone as event', (sender) => sender.reply(PHONE as never, MESSAGE)],
    ['a text as reply', (sender) => sender.reply({ from: PHONE }, TEXT as never)],
    ['a national number', (sender) => sender.send({ ...MESSAGE, phone: `x${PHONE}` })],
  ])('%s does not show', async (_, misuse) => {
    const error: unknown = await misuse(makeSender()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expectNothingSecret(error);
  });

  test.each([`${API_KEY}\n`, ` ${API_KEY}`, `"${API_KEY}" x`, { key: API_KEY }])(
    'a key that cannot be one does not show',
    (apiKey) => {
      let thrown: unknown;
      try {
        createSender({ apiKey: apiKey as string, instanceId: 'i' });
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(TypeError);
      expectNothingSecret(thrown);
    },
  );
});

test('a short key masks no ordinary word', async () => {
  const gateway = await startGateway((socket) =>
    answer(socket, 401, { success: false, error: 'invalid_api_key', message: 'The key is a wrong one.' }),
  );
  const sender = makeSender({ apiKey: 'key', baseUrl: gateway.url });
  expect(await failureOf(sender.send(MESSAGE))).toMatchObject({
    code: 'invalid_api_key',
    gatewayMessage: 'The key is a wrong one.',
  });
});

test('the key is in the request', async () => {
  const gateway = await startGateway(answerSent);
  await makeSender({ baseUrl: gateway.url }).send(MESSAGE);
  expect(gateway.posts[0]?.headers.authorization).toBe(`Bearer ${API_KEY}`);
});
