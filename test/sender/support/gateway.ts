import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import tls from 'node:tls';
import { onTestFinished } from 'vitest';
import { certificate } from './certificate.ts';

/** One POST that was read to its last byte. */
export interface ReadPost {
  readonly head: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly path: string;
  readonly body: string;
  /** Which one it is on this server, from 1. */
  readonly number: number;
}

export interface Gateway {
  readonly port: number;
  readonly url: string;
  /** Every POST that was read completely: each is a WhatsApp message that may have gone out. */
  readonly posts: readonly ReadPost[];
  /** How many connections were accepted. */
  connections(): number;
  /** Sockets that are still open. */
  open(): number;
  /** Settles when so many POSTs were read. */
  reads(count: number): Promise<void>;
}

type OnPost = (socket: Socket, post: ReadPost) => void;

interface GatewayOptions {
  readonly secure?: boolean;
  /** Sees every connection first. */
  readonly onConnection?: (socket: Socket, number: number) => void;
  /** Sees every TCP connection of a secure server before its handshake. */
  readonly onRawConnection?: (socket: Socket, number: number) => void;
  /** Sees what has come of a request that is not complete yet. */
  readonly onPart?: (socket: Socket, received: string) => void;
}

/** A server that speaks HTTP byte for byte, so that a test can break it at any point. */
export async function startGateway(onPost: OnPost, options: GatewayOptions = {}): Promise<Gateway> {
  const posts: ReadPost[] = [];
  const sockets = new Set<Socket>();
  const waiting: { count: number; resolve: () => void }[] = [];
  let connections = 0;

  const serve = (socket: Socket): void => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // Resets are what these tests are about.
    socket.on('error', () => undefined);
    options.onConnection?.(socket, connections);
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      for (let next = takePost(received); next !== undefined; next = takePost(received)) {
        received = next.rest;
        const post = { ...next.post, number: posts.length + 1 };
        posts.push(post);
        for (const { count, resolve } of waiting) if (posts.length >= count) resolve();
        onPost(socket, post);
      }
      if (received !== '') options.onPart?.(socket, received);
    });
  };
  const server = options.secure === true ? tls.createServer(certificate, serve) : net.createServer(serve);
  let rawConnections = 0;
  if (options.secure === true) {
    server.on('connection', (socket: Socket) => {
      rawConnections += 1;
      options.onRawConnection?.(socket, rawConnections);
    });
    server.on('tlsClientError', () => undefined);
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${options.secure === true ? 'https' : 'http'}://127.0.0.1:${port}`,
    posts,
    connections: () => connections,
    open: () => sockets.size,
    reads: (count) =>
      posts.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
  };
}

type Taken = { readonly post: Omit<ReadPost, 'number'>; readonly rest: string } | undefined;

function takePost(received: string): Taken {
  const end = received.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const head = received.slice(0, end);
  const [requestLine = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const length = Number(headers['content-length'] ?? 0);
  const body = received.slice(end + 4, end + 4 + length);
  if (body.length < length) return undefined;
  return {
    post: {
      head,
      headers,
      path: requestLine.split(' ')[1] ?? '',
      body: Buffer.from(body, 'latin1').toString('utf8'),
    },
    rest: received.slice(end + 4 + length),
  };
}

/** Answers with a status and a body, as the gateway does. */
export function answer(
  socket: Socket,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const lines = Object.entries({ 'content-type': 'application/json', ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  socket.write(
    `HTTP/1.1 ${status} Whatever\r\n${lines}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}

export const SENT = { success: true, status: 'sent', message_id: 'msg-1', log_id: 7 };

/** Answers that the message was sent. */
export function answerSent(socket: Socket): void {
  answer(socket, 200, SENT);
}

/** Trusts the test's own certificate until the test ends. */
export function trustAnyCertificate(): void {
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  onTestFinished(() => {
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  });
}

/** A port nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
