import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { handlerTimeout, storeUnavailable } from '../../src/webhook/errors.ts';
import type { WebhookOptions } from '../../src/webhook/options.ts';
import { deferred } from '../support/deferred.ts';
import { messageEvent, optOutEvent, sign } from '../support/deliveries.ts';
import { observedReceiver } from '../support/received.ts';
import { errorBody } from '../support/server.ts';
import { recordingStore } from '../support/stores.ts';

type Handler = NonNullable<WebhookOptions['onMessage']>;

function thrower(thrown: unknown): Handler {
  return () => {
    throw thrown;
  };
}

describe('which handler runs', () => {
  const events = {
    'message.received': messageEvent,
    'recipient.opted_out': optOutEvent,
    'message.status_updated': { event: 'message.status_updated' },
    'instance.disconnected': { event: 'instance.disconnected' },
    onMessage: { event: 'onMessage' },
    constructor: { event: 'constructor' },
    ['__proto__']: { event: '__proto__' },
  };

  function spies() {
    return { onMessage: vi.fn(), onOptOut: vi.fn(), onStatus: vi.fn(), onEvent: vi.fn() };
  }

  it.each([
    ['message.received', 'onMessage'],
    ['recipient.opted_out', 'onOptOut'],
    ['message.status_updated', 'onStatus'],
    ['instance.disconnected', 'onEvent'],
    ['onMessage', 'onEvent'],
    ['constructor', 'onEvent'],
    ['__proto__', 'onEvent'],
  ] as const)('%s goes to %s alone', async (event, name) => {
    const { [name]: chosen, ...others } = spies();
    const receiver = observedReceiver({ [name]: chosen, ...others });
    expect(
      (await receiver.receive(sign({ ...events['instance.disconnected'], ...messageEvent, event }))).status,
    ).toBe(200);
    expect(chosen).toHaveBeenCalledOnce();
    for (const other of Object.values(others)) expect(other).not.toHaveBeenCalled();
  });

  it.each(['message.received', 'recipient.opted_out', 'message.status_updated'])(
    '%s goes to onEvent where it has no handler of its own',
    async (event) => {
      const onEvent = vi.fn();
      const { outcomes, receive } = observedReceiver({ onEvent });
      await receive(sign({ ...messageEvent, event }));
      expect(onEvent).toHaveBeenCalledOnce();
      expect(outcomes).toMatchObject([{ type: 'handled', event }]);
    },
  );

  it.each(Object.values(events))(
    '$event is 200 and unhandled where there is no handler for it',
    async (body) => {
      const { outcomes, receive } = observedReceiver(body === messageEvent ? {} : { onMessage: vi.fn() });
      expect(await receive(sign(body))).toMatchObject({ status: 200, body: 'ok' });
      expect(outcomes).toMatchObject([{ type: 'unhandled', status: 200, event: body.event }]);
    },
  );

  it('an event without a handler is not claimed, so a handler added later still gets a copy', async () => {
    const deliveries = recordingStore();
    await observedReceiver({ deliveries }).receive(sign());
    expect(deliveries.steps).toEqual([]);
  });
});

describe('a handler that is done', () => {
  it.each<[string, Handler]>([
    ['returns nothing', () => undefined],
    ['returns false', () => false],
    ['returns null', () => null],
    ['returns a function', () => () => undefined],
    ['returns an object', () => ({})],
    // biome-ignore lint/suspicious/noThenProperty: no thenable, on purpose
    ['returns an object whose then is no function', () => ({ then: 'later' })],
    [
      'returns a function that is a thenable',
      // biome-ignore lint/suspicious/noThenProperty: a thenable on purpose
      () => Object.assign(() => undefined, { then: (done: () => void) => done() }),
    ],
    ['returns an error', () => new Error('not thrown')],
    ['resolves', async () => undefined],
    // biome-ignore lint/suspicious/noThenProperty: a thenable on purpose
    ['returns a thenable', () => ({ then: (done: () => void) => done() })],
  ])('and %s is answered 200', async (_name, onMessage) => {
    const { outcomes, receive } = observedReceiver({ onMessage });
    expect(await receive(sign())).toEqual({
      status: 200,
      headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': '2' },
      body: 'ok',
    });
    expect(outcomes).toMatchObject([{ type: 'handled', status: 200 }]);
    expect(outcomes[0]).not.toHaveProperty('error');
  });

  it('is waited for, also as a function that is a thenable', async () => {
    const done = deferred<void>();
    // biome-ignore lint/suspicious/noThenProperty: a thenable on purpose
    const thenable = Object.assign(() => undefined, { then: done.promise.then.bind(done.promise) });
    const { outcomes, receive } = observedReceiver({ onMessage: () => thenable });
    const answered = receive(sign());
    await new Promise((resolve) => setImmediate(resolve));
    expect(outcomes).toEqual([]);
    done.resolve();
    expect((await answered).status).toBe(200);
  });

  it('is waited for: 200 is not said before', async () => {
    const work = deferred();
    const answered = vi.fn();
    const answer = observedReceiver({ onMessage: () => work.promise })
      .receive(sign())
      .then(answered);
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).not.toHaveBeenCalled();
    work.resolve();
    await answer;
    expect(answered).toHaveBeenCalledOnce();
  });
});

describe('a handler that fails', () => {
  const secretive = Object.assign(new Error('database password is hunter2'), { status: 200, code: 'X' });

  it.each<[string, unknown]>([
    ['an error', new Error('the table is gone')],
    ['an error that says 200', secretive],
    ['an object that says 200', { status: 200 }],
    ['an object that says 404', { status: 404, statusCode: 404, expose: true, headers: { 'X-Leak': '1' } }],
    ['undefined', undefined],
    ['null', null],
    ['a text', 'no'],
    ['a symbol', Symbol('no')],
    ['an object without prototype', Object.create(null)],
  ])('by throwing or rejecting with %s is answered 500 handler_failed', async (_name, thrown) => {
    const handlers: Handler[] = [
      thrower(thrown),
      () => Promise.reject(thrown),
      // biome-ignore lint/suspicious/noThenProperty: a thenable on purpose
      () => ({ then: thrower(thrown) }),
    ];
    for (const onMessage of handlers) {
      const { outcomes, receive } = observedReceiver({ onMessage });
      const answer = await receive(sign());
      expect(answer).toEqual({
        status: 500,
        headers: { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': '26' },
        body: errorBody('handler_failed'),
        error: expect.objectContaining({ code: 'handler_failed', status: 500 }),
      });
      expect(answer.error?.cause).toBe(thrown);
      expect(answer.error?.message).toContain('onMessage failed');
      expect(answer.error?.stack).not.toContain('hunter2');
      expect(outcomes).toMatchObject([{ type: 'failed', status: 500, event: 'message.received' }]);
    }
  });
});

describe('a handler that only stores the delivery', () => {
  it('asks with store_unavailable for 503 instead of 500', async () => {
    const error = storeUnavailable('queue', new Error('down'));
    const { outcomes, receive } = observedReceiver({ onMessage: thrower(error) });
    const answer = await receive(sign());
    expect(answer).toMatchObject({ status: 503, headers: { 'Retry-After': '5' } });
    expect(answer.body).toBe(errorBody('store_unavailable'));
    expect(answer.error).toBe(error);
    expect(outcomes).toMatchObject([{ type: 'failed', status: 503, error }]);
  });

  it.each<[string, unknown]>([
    ['another error of this package', handlerTimeout('onMessage', 1)],
    ['an error that only has its code', Object.assign(new Error('down'), { code: 'store_unavailable' })],
    ['one that says 200', Object.assign(storeUnavailable('queue', new Error('down')), { status: 200 })],
  ])('does not with %s', async (_name, thrown) => {
    const { error } = await observedReceiver({ onMessage: thrower(thrown) }).receive(sign());
    expect(error).toMatchObject({ code: 'handler_failed', status: 500, cause: thrown });
  });
});

describe('a handler that is too slow', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is answered 503 with Retry-After when its time is over, and its signal is aborted', async () => {
    const onMessage = vi.fn<Handler>(() => new Promise(() => undefined));
    const { outcomes, receive } = observedReceiver({ onMessage });
    const answer = receive(sign());
    await vi.advanceTimersByTimeAsync(9_999);
    const context = onMessage.mock.calls[0]?.[1];
    expect(context?.signal.aborted).toBe(false);
    expect(outcomes).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    const { error, ...response } = await answer;
    expect(response).toEqual({
      status: 503,
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Length': '27',
        'Retry-After': '5',
      },
      body: errorBody('handler_timeout'),
    });
    expect(context?.signal.aborted).toBe(true);
    expect(context?.signal.reason).toBe(error);
    expect(error?.message).toContain('onMessage was not done after 10000 ms');
    expect(outcomes).toMatchObject([{ type: 'timed_out', status: 503 }]);
  });

  it('has the time that handlerTimeoutMs says', async () => {
    const { outcomes, receive } = observedReceiver({
      onMessage: () => new Promise(() => undefined),
      handlerTimeoutMs: 250,
    });
    const answer = receive(sign());
    await vi.advanceTimersByTimeAsync(250);
    expect((await answer).error?.code).toBe('handler_timeout');
    expect(outcomes).toHaveLength(1);
  });

  it('that is done in time has its signal left alone and leaves no timer', async () => {
    const onMessage = vi.fn<Handler>();
    await observedReceiver({ onMessage }).receive(sign());
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(onMessage.mock.calls[0]?.[1].signal.aborted).toBe(false);
  });

  it('that stops when its signal is aborted is a time-out all the same', async () => {
    const { outcomes, receive } = observedReceiver({
      onMessage: (_event, { signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    const answer = receive(sign());
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await answer).error?.code).toBe('handler_timeout');
    expect(outcomes).toMatchObject([{ type: 'timed_out' }]);
  });

  it('that fails in the end leaves no rejection unhandled', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const work = deferred();
    const answer = observedReceiver({ onMessage: () => work.promise, deliveries: false }).receive(sign());
    await vi.advanceTimersByTimeAsync(10_000);
    await answer;
    work.reject(new Error('late'));
    vi.useRealTimers();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
