import { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { startTimer } from './deadline.ts';

/** Where a connection is to go, as undici says it. */
export type ConnectTarget = buildConnector.Options;

/** Calls back once, with a socket that is ready for a request or with what went wrong. */
export type Connected = (error: Error | null, socket?: Socket | null) => void;

/** Begins to make a connection, and answers a function that gives it up. */
export type OpenSocket = (target: ConnectTarget, connected: Connected) => () => void;

/** Makes connections for a pool. */
export interface Connector {
  connect: buildConnector.connector;
  /** Gives up every connection that is not made yet. */
  cancel(): void;
}

/** Bounds the making of a connection exactly; undici's own timer is coarse (300 ms fires at 959 ms). */
export function createConnector(open: OpenSocket, timeoutMs: number): Connector {
  const pending = new Set<(error: Error) => void>();

  const connect: buildConnector.connector = (target, callback) => {
    let giveUp: () => void = () => {};
    let settled = false;
    const settle: Connected = (error, socket) => {
      if (settled) {
        socket?.on('error', ignore).destroy();
        return;
      }
      settled = true;
      stopTimer();
      pending.delete(fail);
      if (socket === undefined || socket === null) callback(new ConnectError(error), null);
      else if (socket.destroyed) callback(new ConnectError(socket.errored), null);
      else callback(null, socket);
    };
    const fail = (error: Error): void => {
      settle(error);
      giveUp();
    };
    const stopTimer = startTimer(timeoutMs, () =>
      fail(new Error(`The connection was not made within connectTimeoutMs (${timeoutMs} ms).`)),
    );
    pending.add(fail);
    try {
      giveUp = open(target, settle);
    } catch (error) {
      settle(error instanceof Error ? error : new Error('The connection cannot be opened.'));
    }
  };

  return {
    connect,
    cancel() {
      for (const fail of [...pending]) fail(new Error('The sender was closed.'));
    },
  };
}

function ignore(): void {}

/**
 * No connection could be made; `cause` says why. What undici is told instead of the cause: with the codes
 * `UND_ERR_SOCKET` and `UND_ERR_INFO` it would try for ever, and nobody would ever hear of it.
 */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  readonly code = 'ERR_CONNECT';

  constructor(cause: Error | null) {
    super('No connection could be made.', { cause: cause ?? new Error('The socket was closed.') });
  }
}

/** Connects straight to the target. */
export function openDirect(build: buildConnector.connector): OpenSocket {
  return (target, connected) => {
    // undici answers the socket it is connecting; its types keep quiet about it.
    const socket: unknown = build(target, (...[error, made]) => connected(error, made));
    return () => {
      if (socket instanceof Socket) socket.on('error', ignore).destroy();
    };
  };
}
