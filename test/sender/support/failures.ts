import type { Socket } from 'node:net';
import type { SendErrorCode, SendOutcome } from '../../../src/sender/errors.ts';
import type { SenderOptions } from '../../../src/sender/options.ts';
import { answer, answerSent, closedPort, type Gateway, type ReadPost, startGateway } from './gateway.ts';
import { API_KEY, PHONE, TEXT } from './sending.ts';

/** One way in which a send fails, on real sockets. */
export interface Failure {
  readonly name: string;
  /** Starts what fails, and says how to send to it. */
  readonly start: () => Promise<{ gateway: Gateway | undefined; options: SenderOptions }>;
  readonly outcome: SendOutcome;
  readonly code: SendErrorCode;
  readonly errorName: string;
  readonly attempts: number;
  /** How many POSTs the server reads to their last byte. */
  readonly posts: number;
}

type Gone = Pick<Failure, 'outcome' | 'code' | 'errorName' | 'attempts' | 'posts'>;

/** Not sent in any of three tries. */
const neverSent: Gone = {
  outcome: 'not_sent',
  code: 'connection_failed',
  errorName: 'SendConnectionError',
  attempts: 3,
  posts: 0,
};
const brokenOnce: Gone = {
  outcome: 'unknown',
  code: 'connection_failed',
  errorName: 'SendConnectionError',
  attempts: 1,
  posts: 1,
};
const unreadableOnce: Gone = {
  outcome: 'unknown',
  code: 'bad_response',
  errorName: 'SendBadResponseError',
  attempts: 1,
  posts: 1,
};

function answering(onPost: (socket: Socket, post: ReadPost) => void): Failure['start'] {
  return async () => {
    const gateway = await startGateway(onPost);
    return { gateway, options: { baseUrl: gateway.url } };
  };
}

/** What a careless gateway might write into its answer. */
const ECHO = `${API_KEY} ${PHONE} ${PHONE.slice(1)} ${TEXT}`;

export const failures: readonly Failure[] = [
  {
    ...neverSent,
    name: 'a port nobody listens on',
    start: async () => ({
      gateway: undefined,
      options: { baseUrl: `http://127.0.0.1:${await closedPort()}` },
    }),
  },
  {
    ...neverSent,
    name: 'a host nobody knows',
    start: async () => ({ gateway: undefined, options: { baseUrl: 'https://gateway.invalid' } }),
  },
  {
    ...neverSent,
    name: 'TLS to a port that speaks plain HTTP',
    start: async () => {
      const gateway = await startGateway(answerSent, {
        onPart: (socket) => socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n'),
      });
      return { gateway, options: { baseUrl: `https://127.0.0.1:${gateway.port}` } };
    },
  },
  {
    ...neverSent,
    name: 'a certificate nobody trusts',
    start: async () => {
      const gateway = await startGateway(answerSent, { secure: true });
      return { gateway, options: { baseUrl: gateway.url } };
    },
  },
  {
    ...neverSent,
    name: 'a reset in the TLS handshake',
    start: async () => {
      const gateway = await startGateway(answerSent, {
        onConnection: (socket) => socket.once('data', () => socket.resetAndDestroy()),
      });
      return { gateway, options: { baseUrl: `https://127.0.0.1:${gateway.port}` } };
    },
  },
  {
    ...neverSent,
    name: 'a handshake that never ends',
    start: async () => {
      const gateway = await startGateway(answerSent);
      return { gateway, options: { baseUrl: `https://127.0.0.1:${gateway.port}`, connectTimeoutMs: 60 } };
    },
  },
  {
    ...brokenOnce,
    name: 'a reset after the request head',
    posts: 0,
    start: async () => {
      // The body never becomes complete for this server: it resets on the first byte.
      const gateway = await startGateway(answerSent, {
        onConnection: (socket) => socket.prependOnceListener('data', () => socket.resetAndDestroy()),
      });
      return { gateway: { ...gateway, posts: [] }, options: { baseUrl: gateway.url } };
    },
  },
  {
    ...brokenOnce,
    name: 'a reset after the request body',
    start: answering((socket) => socket.resetAndDestroy()),
  },
  { ...brokenOnce, name: 'an end without an answer', start: answering((socket) => socket.end()) },
  {
    ...brokenOnce,
    name: 'half an answer head',
    start: answering((socket) => socket.end('HTTP/1.1 200 O')),
  },
  {
    ...brokenOnce,
    name: 'an answer that is no HTTP',
    start: answering((socket) => socket.end(`SSH-2.0-OpenSSH ${ECHO}\r\n`)),
  },
  {
    ...unreadableOnce,
    name: 'half an answer body',
    start: answering((socket) =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"success":true,'),
    ),
  },
  {
    ...unreadableOnce,
    name: 'a reset amid the answer body',
    start: answering((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"success":', () => {
        setImmediate(() => socket.resetAndDestroy());
      }),
    ),
  },
  {
    ...brokenOnce,
    name: 'no answer',
    code: 'timeout',
    errorName: 'SendTimeoutError',
    start: async () => {
      const gateway = await startGateway(() => undefined);
      return { gateway, options: { baseUrl: gateway.url, timeoutMs: 150 } };
    },
  },
  {
    ...brokenOnce,
    name: 'an answer that never ends',
    code: 'timeout',
    errorName: 'SendTimeoutError',
    start: async () => {
      const gateway = await startGateway((socket) =>
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"success":'),
      );
      return { gateway, options: { baseUrl: gateway.url, timeoutMs: 150 } };
    },
  },
  {
    ...brokenOnce,
    name: 'HTML with 502',
    code: 'unknown_error',
    errorName: 'SendGatewayError',
    start: answering((socket) => answer(socket, 502, `<h1>Bad gateway</h1>${ECHO}`)),
  },
  {
    ...brokenOnce,
    name: 'gateway_send_failed',
    code: 'gateway_send_failed',
    errorName: 'SendGatewayError',
    start: answering((socket) =>
      answer(socket, 502, { success: false, error: 'gateway_send_failed', message: `Failed: ${ECHO}` }),
    ),
  },
  { ...unreadableOnce, name: 'an empty body', start: answering((socket) => answer(socket, 200, '')) },
  {
    ...brokenOnce,
    name: '200 with success: false',
    outcome: 'not_sent',
    code: 'something_new',
    errorName: 'SendGatewayError',
    start: answering((socket) =>
      answer(socket, 200, { success: false, error: 'something_new', message: ECHO }),
    ),
  },
  {
    ...unreadableOnce,
    name: 'success: "true"',
    start: answering((socket) => answer(socket, 200, { success: 'true', status: 'sent', echo: ECHO })),
  },
  {
    ...unreadableOnce,
    name: '10 MB of JSON',
    start: answering((socket) => answer(socket, 200, { success: true, padding: 'x'.repeat(10_000_000) })),
  },
  {
    ...unreadableOnce,
    name: 'a redirect',
    start: answering((socket) => answer(socket, 307, '', { location: `/elsewhere?key=${API_KEY}` })),
  },
  {
    ...brokenOnce,
    name: 'a throttled send',
    outcome: 'not_sent',
    code: 'sending_throttled',
    errorName: 'SendThrottledError',
    start: answering((socket) =>
      answer(
        socket,
        429,
        {
          success: false,
          error: 'sending_throttled',
          message: `Slow down ${ECHO}`,
          details: { action: ECHO },
        },
        { 'retry-after': '7' },
      ),
    ),
  },
  {
    ...brokenOnce,
    name: 'a code that holds the key',
    outcome: 'not_sent',
    code: 'unknown_error',
    errorName: 'SendAuthError',
    start: answering((socket) =>
      answer(socket, 401, { success: false, error: `bad.${API_KEY}`, message: ECHO }),
    ),
  },
];
