import { Socket } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  ConnectError,
  type Connected,
  type ConnectTarget,
  createConnector,
  type OpenSocket,
  openDirect,
} from '../../src/sender/connector.ts';

const target: ConnectTarget = { hostname: '127.0.0.1', protocol: 'http:', port: '1' };

function newSocket(): Socket {
  const socket = new Socket();
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}

/** Begins a connection, and hands out what ends it. */
function connectWith(timeoutMs = 60_000) {
  const ends: Connected[] = [];
  const giveUp = vi.fn();
  const open: OpenSocket = (_, connected) => {
    ends.push(connected);
    return giveUp;
  };
  const connector = createConnector(open, timeoutMs);
  onTestFinished(() => connector.cancel());
  const callback = vi.fn();
  connector.connect(target, callback);
  const [end] = ends;
  if (end === undefined) throw new Error('Nothing was opened.');
  return { connector, callback, giveUp, end };
}

function causeOf(callback: ReturnType<typeof vi.fn>): unknown {
  expect(callback).toHaveBeenCalledOnce();
  const [error, socket] = callback.mock.calls[0] ?? [];
  expect(socket).toBeNull();
  expect(error).toBeInstanceOf(ConnectError);
  return error.cause;
}

describe('a connection', () => {
  test('that is made is handed on', () => {
    const { callback, end, giveUp } = connectWith();
    const socket = newSocket();
    end(null, socket);
    expect(callback).toHaveBeenCalledExactlyOnceWith(null, socket);
    expect(giveUp).not.toHaveBeenCalled();
  });

  test.each([undefined, null])('that fails, with %s for a socket, is told of with its cause', (socket) => {
    const { callback, end } = connectWith();
    const error = new Error('refused');
    end(error, socket);
    expect(causeOf(callback)).toBe(error);
  });

  test('that fails with neither socket nor error is told of all the same', () => {
    const { callback, end } = connectWith();
    end(null);
    expect(causeOf(callback)).toMatchObject({ message: 'The socket was closed.' });
  });

  test('whose socket is destroyed already is told of with what the socket failed of', async () => {
    const { callback, end } = connectWith();
    const socket = newSocket().on('error', () => undefined);
    const error = new Error('reset');
    socket.destroy(error);
    end(null, socket);
    expect(causeOf(callback)).toBe(error);
  });

  test('that comes after it was given up is closed, and disturbs nobody', async () => {
    const { connector, callback, end } = connectWith();
    connector.cancel();
    const socket = newSocket();
    end(null, socket);
    expect(socket.destroyed).toBe(true);
    expect(() => socket.emit('error', new Error('late'))).not.toThrow();
    expect(callback).toHaveBeenCalledOnce();
    expect(() => end(new Error('late'))).not.toThrow();
    expect(callback).toHaveBeenCalledOnce();
  });

  test('that takes too long is given up', async () => {
    const { callback, giveUp } = connectWith(5);
    await vi.waitFor(() => expect(callback).toHaveBeenCalled());
    expect(causeOf(callback)).toMatchObject({
      message: 'The connection was not made within connectTimeoutMs (5 ms).',
    });
    expect(giveUp).toHaveBeenCalledOnce();
  });

  test('that was made in time is not given up later', () => {
    vi.useFakeTimers();
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const { connector, callback, end, giveUp } = connectWith(5);
    end(null, newSocket());
    expect(vi.getTimerCount()).toBe(0);
    connector.cancel();
    expect(giveUp).not.toHaveBeenCalled();
    expect(callback).toHaveBeenCalledOnce();
  });

  test.each([
    [new Error('no such host'), 'no such host'],
    ['a text', 'The connection cannot be opened.'],
  ])('whose opening throws %s is told of', (thrown, message) => {
    const connector = createConnector(() => {
      throw thrown;
    }, 60_000);
    const callback = vi.fn();
    connector.connect(target, callback);
    expect(causeOf(callback)).toMatchObject({ message });
  });

  test('is given up when the sender is closed, with all the others', () => {
    const giveUp = vi.fn();
    const connector = createConnector(() => giveUp, 60_000);
    const callbacks = [vi.fn(), vi.fn(), vi.fn()];
    for (const callback of callbacks) connector.connect(target, callback);
    connector.cancel();
    for (const callback of callbacks)
      expect(causeOf(callback)).toMatchObject({ message: 'The sender was closed.' });
    expect(giveUp).toHaveBeenCalledTimes(3);
  });
});

test('a ConnectError has a code of its own, for which undici does not try again', () => {
  const error = new ConnectError(null);
  expect(error).toMatchObject({
    name: 'ConnectError',
    code: 'ERR_CONNECT',
    message: 'No connection could be made.',
  });
});

describe('a direct connection', () => {
  test('that is given up closes its socket, and disturbs nobody', () => {
    const socket = newSocket();
    const giveUp = openDirect(() => socket)(target, vi.fn());
    expect(socket.destroyed).toBe(false);
    giveUp();
    expect(socket.destroyed).toBe(true);
    expect(() => socket.emit('error', new Error('late'))).not.toThrow();
  });

  test('hands on what undici says', () => {
    const connected = vi.fn();
    const error = new Error('refused');
    openDirect((_, callback) => callback(error, null))(target, connected);
    expect(connected).toHaveBeenCalledExactlyOnceWith(error, null);
  });

  test('can be given up where undici answers no socket', () => {
    const giveUp = openDirect(() => undefined)(target, vi.fn());
    expect(giveUp).not.toThrow();
  });
});
