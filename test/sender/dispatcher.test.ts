import { connect, type Socket } from 'node:net';
import { Agent, type Dispatcher, interceptors, MockAgent, Pool, ProxyAgent, RetryAgent } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MAX_GATEWAY_TEXT_CHARACTERS } from '../../src/protocol.ts';
import type { SendDispatcher } from '../../src/sender/exchange.ts';
import { answer, answerSent, closedPort, SENT, startGateway } from './support/gateway.ts';
import { failureOf, MESSAGE, makeSender, PHONE, TEXT } from './support/sending.ts';

const GATEWAY = 'https://evoapi.faisak.com';
const PARCEL = /4711/u;
const PATH = '/api/send-message';
/** Retries everything at once, also a POST. */
const EAGER = {
  methods: ['POST' as const],
  maxRetries: 3,
  minTimeout: 1,
  maxTimeout: 1,
  statusCodes: [429, 500, 502, 503],
};

function closing<T extends Dispatcher>(dispatcher: T): T {
  onTestFinished(() => dispatcher.destroy());
  return dispatcher;
}

/** Node's own copy of undici, as its fetch uses it. */
async function nodeDispatcher(): Promise<SendDispatcher> {
  await fetch('data:,');
  return (globalThis as unknown as Record<symbol, SendDispatcher>)[
    Symbol.for('undici.globalDispatcher.1')
  ] as SendDispatcher;
}

describe('a dispatcher that is passed', () => {
  test.each<[string, (url: string) => SendDispatcher | Promise<SendDispatcher>]>([
    ['Agent', () => closing(new Agent())],
    ['Pool', (url) => closing(new Pool(url))],
    ['RetryAgent', () => closing(new RetryAgent(new Agent()))],
    ["Node's own global one", nodeDispatcher],
    [
      'a composed Agent',
      () =>
        closing(new Agent()).compose(
          interceptors.dns(),
          interceptors.retry(EAGER),
          interceptors.redirect({ maxRedirections: 2 }),
        ),
    ],
  ])('carries the message: %s', async (_, make) => {
    const gateway = await startGateway(answerSent);
    const sender = makeSender({ baseUrl: gateway.url, dispatcher: await make(gateway.url) });
    await expect(sender.send({ ...MESSAGE, message: 'سلام 👋' })).resolves.toMatchObject({
      messageId: 'msg-1',
    });
    expect(gateway.posts).toHaveLength(1);
    expect(gateway.posts[0]?.headers['transfer-encoding']).toBeUndefined();
    expect(JSON.parse(gateway.posts[0]?.body ?? '')).toMatchObject({ message: 'سلام 👋' });
  });

  test('reads Retry-After from Node’s own copy too', async () => {
    const gateway = await startGateway((socket) =>
      answer(socket, 429, { success: false, error: 'sending_throttled' }, { 'Retry-After': '7' }),
    );
    const sender = makeSender({ baseUrl: gateway.url, dispatcher: await nodeDispatcher() });
    expect(await failureOf(sender.send(MESSAGE))).toMatchObject({ retryAfterMs: 7_000 });
  });

  test('is not closed with the sender', async () => {
    const agent = closing(new Agent());
    const gateway = await startGateway(answerSent);
    const sender = makeSender({ baseUrl: gateway.url, dispatcher: agent });
    await sender.send(MESSAGE);
    await sender.close();
    expect([agent.closed, agent.destroyed]).toEqual([false, false]);
  });

  test('that throws has sent nothing', async () => {
    const sender = makeSender({
      dispatcher: {
        dispatch: () => {
          throw new Error('no');
        },
      },
    });
    expect(await failureOf(sender.send(MESSAGE))).toMatchObject({
      code: 'connection_failed',
      outcome: 'not_sent',
      attempts: 3,
    });
  });

  test('that was closed has sent nothing', async () => {
    const agent = new Agent();
    await agent.close();
    const sender = makeSender({ dispatcher: agent });
    const error = await failureOf(sender.send(MESSAGE));
    expect(error).toMatchObject({ code: 'connection_failed', outcome: 'not_sent' });
    expect(error.cause).toMatchObject({ code: 'UND_ERR_DESTROYED' });
  });
});

describe('mocks', () => {
  function mock(): { agent: MockAgent; pool: ReturnType<MockAgent['get']> } {
    const agent = new MockAgent();
    onTestFinished(() => agent.close());
    agent.disableNetConnect();
    return { agent, pool: agent.get(GATEWAY) };
  }

  test('see the request, and its body as text', async () => {
    const { agent, pool } = mock();
    let seen: unknown;
    pool
      .intercept({ path: PATH, method: 'POST', body: (body) => JSON.parse(body).phone === PHONE })
      .reply((options) => {
        seen = JSON.parse(String(options.body));
        return { statusCode: 200, data: JSON.stringify(SENT) };
      });
    const sender = makeSender({ dispatcher: agent });
    await expect(sender.send(MESSAGE)).resolves.toMatchObject({ messageId: 'msg-1', logId: 7, attempts: 1 });
    expect(seen).toEqual({
      instance_id: 'inst-1',
      phone: PHONE,
      message: TEXT,
      message_purpose: 'transactional',
    });
  });

  test('match the body by a regular expression', async () => {
    const { pool } = mock();
    pool.intercept({ path: PATH, method: 'POST', body: PARCEL }).reply(200, SENT);
    await expect(makeSender({ dispatcher: pool }).send(MESSAGE)).resolves.toMatchObject({
      messageId: 'msg-1',
    });
  });

  test('refuse with headers', async () => {
    const { pool } = mock();
    pool
      .intercept({ path: PATH, method: 'POST' })
      .reply(429, { success: false, error: 'sending_throttled' }, { headers: { 'Retry-After': '3' } });
    expect(await failureOf(makeSender({ dispatcher: pool }).send(MESSAGE))).toMatchObject({
      code: 'sending_throttled',
      retryAfterMs: 3_000,
    });
  });

  test('that reply with an error skip the hook, so that the send is tried again', async () => {
    const { pool } = mock();
    pool.intercept({ path: PATH, method: 'POST' }).replyWithError(new Error('gone')).times(2);
    pool.intercept({ path: PATH, method: 'POST' }).reply(200, SENT);
    await expect(makeSender({ dispatcher: pool }).send(MESSAGE)).resolves.toMatchObject({ attempts: 3 });
  });

  test('that reply late are ended by the time-out', async () => {
    const { pool } = mock();
    pool.intercept({ path: PATH, method: 'POST' }).reply(200, SENT).delay(2_000);
    const error = await failureOf(makeSender({ dispatcher: pool }).send(MESSAGE, { timeoutMs: 100 }));
    expect(error).toMatchObject({ code: 'timeout', outcome: 'unknown' });
  });
});

const eager: readonly [string, (agent: Agent) => Dispatcher][] = [
  ['RetryAgent', (agent) => new RetryAgent(agent, EAGER)],
  ['interceptors.retry', (agent) => agent.compose(interceptors.retry(EAGER))],
  [
    'interceptors.retry without throwing',
    (agent) => agent.compose(interceptors.retry({ ...EAGER, throwOnError: false })),
  ],
  ['interceptors.dns', (agent) => agent.compose(interceptors.dns())],
  [
    'interceptors.dns outside of retry',
    (agent) => agent.compose(interceptors.retry(EAGER), interceptors.dns()),
  ],
  [
    'interceptors.dns inside of retry',
    (agent) => agent.compose(interceptors.dns(), interceptors.retry(EAGER)),
  ],
  ['interceptors.redirect', (agent) => agent.compose(interceptors.redirect({ maxRedirections: 3 }))],
];

describe.each(eager)('%s never sends a message twice', (_, wrap) => {
  test.each<[string, Parameters<typeof startGateway>[0]]>([
    ['a reset after the body', (socket) => socket.resetAndDestroy()],
    ['an end without an answer', (socket) => socket.end()],
    ['503', (socket) => answer(socket, 503, 'try later')],
    ['429', (socket) => answer(socket, 429, { success: false, error: 'sending_throttled' })],
    [
      // The head is with us already: undici's retries hide this second write from the handler's hook.
      'a reset amid the answer',
      (socket) =>
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"success":', () => {
          setTimeout(() => socket.resetAndDestroy(), 20);
        }),
    ],
    ['307', (socket, { path }) => answer(socket, 307, '', { location: `${path}x` })],
    ['302', (socket, { path }) => answer(socket, 302, '', { location: `${path}x` })],
  ])('on %s', async (_case, onPost) => {
    const gateway = await startGateway(onPost);
    const agent = closing(new Agent());
    // A name, not an address: the dns interceptor leaves addresses alone.
    const sender = makeSender({ baseUrl: `http://localhost:${gateway.port}`, dispatcher: wrap(agent) });
    await failureOf(sender.send(MESSAGE));
    // Anything that still were to come would come on these connections.
    await agent.close();
    expect(gateway.posts).toHaveLength(1);
  });

  test('and still may retry what was refused before it was written', async () => {
    const sender = makeSender({
      baseUrl: `http://localhost:${await closedPort()}`,
      dispatcher: wrap(closing(new Agent())),
      retry: { unsent: 0 },
    });
    const error = await failureOf(sender.send(MESSAGE));
    expect(error).toMatchObject({ code: 'connection_failed', outcome: 'not_sent', attempts: 1 });
  });
});

test('interceptors.dns does not send it again to the other address family', async () => {
  const sockets: Socket[] = [];
  const gateway = await startGateway(() => {
    sockets.at(-1)?.destroy(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' }));
  });
  const agent = closing(
    new Agent({
      connect: (_, connected) => {
        const socket = connect(gateway.port, '127.0.0.1', () => connected(null, socket));
        // It may be destroyed before undici listens to it.
        socket.on('error', () => undefined);
        sockets.push(socket);
      },
    }),
  );
  const lookup = (_: unknown, _options: unknown, found: (error: null, addresses: object[]) => void): void =>
    found(null, [
      { address: '127.0.0.1', family: 4, ttl: 60_000 },
      { address: '::1', family: 6, ttl: 60_000 },
    ]);
  const sender = makeSender({
    baseUrl: `http://localhost:${gateway.port}`,
    dispatcher: agent.compose(interceptors.dns({ lookup: lookup as never })),
  });
  expect(await failureOf(sender.send(MESSAGE))).toMatchObject({ outcome: 'unknown', attempts: 1 });
  await agent.close();
  expect(sockets).toHaveLength(2);
  expect(gateway.posts).toHaveLength(1);
});

test('a hook that is called again aborts the second write', async () => {
  const aborted: unknown[] = [];
  const sender = makeSender({
    dispatcher: {
      dispatch: (_, handler) => {
        handler.onConnect?.(() => aborted.push('first'));
        handler.onConnect?.(() => aborted.push('second'));
        handler.onHeaders?.(200, [], () => undefined, 'OK');
        handler.onData?.(Buffer.from(JSON.stringify(SENT)));
        handler.onComplete?.([]);
        return true;
      },
    },
  });
  expect(await failureOf(sender.send(MESSAGE))).toMatchObject({
    code: 'connection_failed',
    outcome: 'unknown',
  });
  expect(aborted).toEqual(['second']);
});

test('a text of the gateway is cut', async () => {
  const gateway = await startGateway((socket) =>
    answer(socket, 422, { success: false, error: 'validation_error', message: '👋'.repeat(5_000) }),
  );
  const error = await failureOf(makeSender({ baseUrl: gateway.url }).send(MESSAGE));
  expect(error.gatewayMessage).toHaveLength(MAX_GATEWAY_TEXT_CHARACTERS + 1);
});

test("undici's own ProxyAgent works as a dispatcher", () => {
  expect(() => makeSender({ dispatcher: closing(new ProxyAgent('http://127.0.0.1:1')) })).not.toThrow();
});
