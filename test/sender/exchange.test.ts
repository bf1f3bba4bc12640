import type { Dispatcher } from 'undici';
import { describe, expect, test, vi } from 'vitest';
import { type ExchangeLimits, type ExchangeResult, exchange } from '../../src/sender/exchange.ts';

type Handler = Required<Dispatcher.DispatchHandler>;

const request: Dispatcher.DispatchOptions = { origin: 'http://127.0.0.1', path: '/', method: 'POST' };
const chunk = Buffer.from('{"success":true}');

interface Beginning extends Partial<ExchangeLimits> {
  readonly isOwn: boolean;
}

/** Begins an exchange, and hands out the handler that a dispatcher gets. */
function begin(limits: Beginning) {
  const deadline: ExchangeLimits['deadline'] = { stop: undefined, waiting: undefined };
  const dispatch = vi.fn<
    (options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) => boolean
  >(() => true);
  const result = exchange({ dispatch }, request, { deadline, maxResponseBytes: 1_000, ...limits });
  const [options, handler] = dispatch.mock.calls[0] ?? [];
  expect(options).toBe(request);
  if (handler === undefined) throw new Error('Nothing was dispatched.');
  const abort = vi.fn<(reason?: Error) => void>();
  return { result, handler: handler as Handler, abort, deadline };
}

/** The two forms in which undici, its older versions and its mocks tell of the same. */
const present = {
  form: 'the present form',
  isOwn: false,
  start: (handler: Handler, abort: (reason?: Error) => void) =>
    handler.onRequestStart({ abort } as unknown as Dispatcher.DispatchController, {}),
  head: (handler: Handler, status: number, retryAfter?: string | string[]) =>
    handler.onResponseStart(
      undefined as never,
      status,
      retryAfter === undefined ? { date: 'x' } : { date: 'x', 'Retry-After': retryAfter as string },
    ),
  data: (handler: Handler, bytes: Buffer) => handler.onResponseData(undefined as never, bytes),
  end: (handler: Handler) => handler.onResponseEnd(undefined as never, {}),
  fail: (handler: Handler, error: unknown) => handler.onResponseError(undefined as never, error as Error),
};
const older = {
  form: 'the older form',
  isOwn: false,
  start: (handler: Handler, abort: (reason?: Error) => void) => handler.onConnect(abort),
  head: (handler: Handler, status: number, retryAfter?: string | string[]) => {
    const rest = retryAfter === undefined ? [] : ['Retry-After', ...[retryAfter].flat()];
    const headers = ['date', 'retry-after', ...rest].map((text) => Buffer.from(text));
    expect(handler.onHeaders(status, headers, () => undefined, '')).toBe(true);
  },
  data: (handler: Handler, bytes: Buffer) => expect(handler.onData(bytes)).toBe(true),
  end: (handler: Handler) => handler.onComplete(null),
  fail: (handler: Handler, error: unknown) => handler.onError(error as Error),
};
const forms = [
  present,
  older,
  { ...older, form: "the older form, from the sender's own connections", isOwn: true },
];

describe.each(forms)('in $form', ({ isOwn, start, head, data, end, fail }) => {
  test('an answer is its status, its Retry-After and its bytes', async () => {
    const { result, handler, abort, deadline } = begin({ isOwn });
    start(handler, abort);
    head(handler, 200, '7');
    data(handler, chunk.subarray(0, 5));
    data(handler, chunk.subarray(5));
    end(handler);
    expect(await result).toEqual<ExchangeResult>({
      type: 'answered',
      answer: { status: 200, retryAfter: '7', body: chunk, error: undefined },
    });
    expect(abort).not.toHaveBeenCalled();
    expect(deadline.waiting).toBeUndefined();
  });

  test('an answer may have no Retry-After', async () => {
    const { result, handler, abort } = begin({ isOwn });
    start(handler, abort);
    head(handler, 429);
    end(handler);
    expect(await result).toMatchObject({ answer: { status: 429, retryAfter: undefined } });
  });

  test('an early hint is not the answer', async () => {
    const { result, handler, abort } = begin({ isOwn });
    start(handler, abort);
    head(handler, 199, '7');
    head(handler, 503);
    end(handler);
    expect(await result).toMatchObject({ answer: { status: 503, retryAfter: undefined } });
  });

  test('an end after nothing but an early hint is no answer', async () => {
    const { result, handler, abort } = begin({ isOwn });
    start(handler, abort);
    head(handler, 103);
    end(handler);
    expect(await result).toEqual({
      type: 'failed',
      written: true,
      error: new Error('The answer has no status.'),
    });
  });

  test('what came of an answer before it broke off is kept, with what broke it', async () => {
    const { result, handler, abort } = begin({ isOwn });
    const error = new Error('reset');
    start(handler, abort);
    head(handler, 200);
    data(handler, chunk);
    fail(handler, error);
    expect(await result).toEqual({
      type: 'answered',
      answer: { status: 200, retryAfter: undefined, body: chunk, error },
    });
  });

  test.each([undefined, null])('an error that is %s is an error all the same', async (error) => {
    const { result, handler } = begin({ isOwn });
    fail(handler, error);
    expect(await result).toEqual({
      type: 'failed',
      written: false,
      error: new Error('The connection failed.'),
    });
  });

  test('an answer of just the bytes allowed is read', async () => {
    const { result, handler, abort } = begin({ isOwn, maxResponseBytes: chunk.length });
    start(handler, abort);
    head(handler, 200);
    data(handler, chunk);
    end(handler);
    expect(await result).toMatchObject({ answer: { body: chunk, error: undefined } });
    expect(abort).not.toHaveBeenCalled();
  });

  test('an answer of one byte more is not, and its connection is closed', async () => {
    const { result, handler, abort } = begin({ isOwn, maxResponseBytes: chunk.length - 1 });
    start(handler, abort);
    head(handler, 200);
    data(handler, chunk.subarray(0, 8));
    data(handler, chunk.subarray(8));
    data(handler, chunk);
    expect(await result).toEqual({
      type: 'answered',
      answer: {
        status: 200,
        retryAfter: undefined,
        body: undefined,
        error: new Error(`The answer is larger than ${chunk.length - 1} bytes.`),
      },
    });
    expect(abort).toHaveBeenCalledExactlyOnceWith(new Error('The answer is too large.'));
  });

  test('the deadline ends what waits for a connection, and the request must not leave then', async () => {
    const { result, handler, abort, deadline } = begin({ isOwn });
    deadline.waiting?.stop();
    expect(await result).toEqual({ type: 'stopped', written: false });
    start(handler, abort);
    expect(abort).toHaveBeenCalledExactlyOnceWith(
      new Error('The send had ended before its request was written.'),
    );
  });

  test('the deadline ends what was written, and closes its connection', async () => {
    const { result, handler, abort, deadline } = begin({ isOwn });
    start(handler, abort);
    deadline.waiting?.stop();
    expect(await result).toEqual({ type: 'stopped', written: true });
    expect(abort).toHaveBeenCalledExactlyOnceWith(new Error('The send ended before it was answered.'));
  });

  test('a second start ends it, and aborts the second write', async () => {
    const { result, handler, abort } = begin({ isOwn });
    start(handler, vi.fn());
    start(handler, abort);
    const error = new Error('The dispatcher tried to send the request a second time.');
    expect(await result).toEqual({ type: 'failed', written: true, error });
    expect(abort).toHaveBeenCalledExactlyOnceWith(error);
  });

  test('what comes after the end changes nothing', async () => {
    const { result, handler, abort, deadline } = begin({ isOwn });
    start(handler, abort);
    head(handler, 200);
    end(handler);
    data(handler, chunk);
    const later = { stop: () => undefined };
    deadline.waiting = later;
    fail(handler, new Error('late'));
    expect(deadline.waiting).toBe(later);
    expect(await result).toMatchObject({ answer: { status: 200, body: Buffer.alloc(0) } });
  });
});

test('an answer that is too large may come without a start, as from a mock', async () => {
  const { result, handler } = begin({ isOwn: false, maxResponseBytes: 1 });
  handler.onResponseStart(undefined as never, 200, {});
  expect(() => handler.onResponseData(undefined as never, chunk)).not.toThrow();
  expect(await result).toMatchObject({ type: 'answered', answer: { body: undefined } });
});

test('the first of several Retry-After counts', async () => {
  const { result, handler } = begin({ isOwn: false });
  handler.onResponseStart(undefined as never, 429, { 'retry-after': ['1', '2'] as unknown as string });
  handler.onResponseEnd(undefined as never, {});
  expect(await result).toMatchObject({ answer: { retryAfter: '1' } });
});

test.each([7, [], [7], undefined])('a Retry-After that is %j is none', async (value) => {
  const { result, handler } = begin({ isOwn: false });
  handler.onResponseStart(undefined as never, 429, { 'retry-after': value as unknown as string });
  handler.onResponseEnd(undefined as never, {});
  expect(await result).toMatchObject({ answer: { retryAfter: undefined } });
});

test('a header whose name only begins like Retry-After, and no headers at all, are none', async () => {
  for (const headers of [['retry-after-ms', '7', 'x-retry-af', '8', 'set-cookie2', '9'], null]) {
    const { result, handler } = begin({ isOwn: false });
    handler.onHeaders(429, headers as never, () => undefined, '');
    handler.onComplete(null);
    expect(await result).toMatchObject({ answer: { retryAfter: undefined } });
  }
});

test('a deadline that has passed before keeps the request from the dispatcher', async () => {
  const dispatch = vi.fn(() => true);
  const deadline = { stop: 'timeout', waiting: undefined } as const;
  expect(await exchange({ dispatch }, request, { deadline, maxResponseBytes: 1, isOwn: true })).toEqual({
    type: 'stopped',
    written: false,
  });
  expect(dispatch).not.toHaveBeenCalled();
});

test('a dispatcher that throws has failed, and what it wrote counts', async () => {
  const error = new Error('closed');
  for (const written of [false, true]) {
    const deadline = { stop: undefined, waiting: undefined };
    const dispatch = (_: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean => {
      if (written) handler.onConnect?.(() => undefined);
      throw error;
    };
    expect(await exchange({ dispatch }, request, { deadline, maxResponseBytes: 1, isOwn: true })).toEqual({
      type: 'failed',
      written,
      error,
    });
    expect(deadline.waiting).toBeUndefined();
  }
});

test("the sender's own connections are spoken to in the older form only, which undici 7 need not translate", () => {
  for (const isOwn of [false, true]) {
    const { handler } = begin({ isOwn });
    expect('onConnect' in handler).toBe(true);
    expect('onRequestStart' in handler).toBe(!isOwn);
  }
});
