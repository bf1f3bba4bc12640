import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openThroughProxy } from '../../src/sender/proxy.ts';
import { certificate } from './support/certificate.ts';
import { answerSent, closedPort, startGateway, trustAnyCertificate } from './support/gateway.ts';
import { failureOf, MESSAGE, makeSender } from './support/sending.ts';

const PASSWORD = 'p@ss:word/42';
const CREDENTIALS = `user:${encodeURIComponent(PASSWORD)}`;

interface Proxy {
  readonly port: number;
  /** The head of every CONNECT that came. */
  readonly connects: readonly http.IncomingMessage[];
}

type OnConnect = (request: http.IncomingMessage, client: Duplex) => void;

async function startProxy(onConnect: OnConnect, secure = false): Promise<Proxy> {
  const server = secure ? https.createServer(certificate) : http.createServer();
  const connects: http.IncomingMessage[] = [];
  const sockets = new Set<Duplex>();
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', (request, client) => {
    connects.push(request);
    client.on('error', () => undefined);
    onConnect(request, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, connects };
}

/** Does what it is asked to. */
const tunnel: OnConnect = (request, client) => {
  const [host, port] = (request.url ?? '').split(':');
  const target: Socket = net.connect(Number(port), host, () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    client.pipe(target).pipe(client);
  });
  target.on('error', () => client.destroy());
  client.on('close', () => target.destroy());
};

function refuse(status: number): OnConnect {
  return (_, client) => client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 2\r\n\r\nno`);
}

describe('a proxy', () => {
  test.each([
    ['http', 'http', false],
    ['https', 'http', true],
    ['http', 'https', false],
    ['https', 'https', true],
  ])('carries to %s through %s', async (_target, proxyProtocol, secure) => {
    trustAnyCertificate();
    const gateway = await startGateway(answerSent, { secure });
    const proxy = await startProxy(tunnel, proxyProtocol === 'https');
    const sender = makeSender({
      baseUrl: gateway.url,
      proxy: new URL(`${proxyProtocol}://${CREDENTIALS}@127.0.0.1:${proxy.port}`),
    });
    await sender.send(MESSAGE);
    await sender.send(MESSAGE);
    expect(gateway.posts).toHaveLength(2);
    const [first] = proxy.connects;
    expect(first?.url).toBe(`127.0.0.1:${gateway.port}`);
    expect(first?.headers['proxy-authorization']).toBe(
      `Basic ${Buffer.from(`user:${PASSWORD}`).toString('base64')}`,
    );
    expect(first?.headers.authorization).toBeUndefined();
    expect(gateway.posts[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  test.each([
    ['http://[::1]:8080', '[::1]:8080'],
    ['http://localhost', 'localhost:80'],
    ['https://gateway.example', 'gateway.example:443'],
    ['https://gateway.example:8443/v1', 'gateway.example:8443'],
  ])('is asked for a tunnel to %s as %s', async (baseUrl, authority) => {
    const proxy = await startProxy(refuse(403));
    const sender = makeSender({ baseUrl, proxy: `http://127.0.0.1:${proxy.port}`, retry: { unsent: 0 } });
    await failureOf(sender.send(MESSAGE));
    expect(proxy.connects.map(({ method, url, headers }) => [method, url, headers.host])).toEqual([
      ['CONNECT', authority, authority],
    ]);
    expect(proxy.connects[0]?.headers).not.toHaveProperty('proxy-authorization');
    expect(proxy.connects[0]?.headers.connection).toBe('close');
  });

  test.each([403, 407, 502])('that refuses with %d has sent nothing', async (status) => {
    const gateway = await startGateway(answerSent);
    const proxy = await startProxy(refuse(status));
    const sender = makeSender({
      baseUrl: gateway.url,
      proxy: `http://${CREDENTIALS}@127.0.0.1:${proxy.port}`,
    });
    const error = await failureOf(sender.send(MESSAGE));
    expect(error).toMatchObject({
      name: 'SendConnectionError',
      code: 'connection_failed',
      outcome: 'not_sent',
      retryable: true,
      attempts: 3,
    });
    expect(error.cause).toMatchObject({ message: `The proxy refused the tunnel with HTTP ${status}.` });
    expect([gateway.connections(), proxy.connects.length]).toEqual([0, 3]);
    const shown = inspect(error, { showHidden: true, depth: Number.POSITIVE_INFINITY });
    expect(shown).not.toContain(PASSWORD);
    expect(shown).not.toContain(encodeURIComponent(PASSWORD));
    expect(shown).not.toContain(Buffer.from(`user:${PASSWORD}`).toString('base64'));
  });

  test.each<[string, OnConnect]>([
    ['ends', (_, client) => client.end()],
    ['resets', (_, client) => (client as Socket).resetAndDestroy()],
    ['answers no HTTP to', (_, client) => client.end('SSH-2.0\r\n')],
    ['opens and then drops', (_, client) => client.end('HTTP/1.1 200 OK\r\n\r\n')],
  ])('that %s CONNECT is asked once a try, and no more', async (_, onConnect) => {
    const proxy = await startProxy(onConnect);
    const sender = makeSender({
      baseUrl: 'https://127.0.0.1:1',
      proxy: `http://127.0.0.1:${proxy.port}`,
    });
    const error = await failureOf(sender.send(MESSAGE));
    expect(error).toMatchObject({ code: 'connection_failed', outcome: 'not_sent', attempts: 3 });
    expect(proxy.connects).toHaveLength(3);
  });

  test('that is not there has sent nothing', async () => {
    const sender = makeSender({ proxy: `http://127.0.0.1:${await closedPort()}` });
    const error = await failureOf(sender.send(MESSAGE));
    expect(error).toMatchObject({ code: 'connection_failed', outcome: 'not_sent' });
    expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('that sends the first bytes of the tunnel along with its answer loses none', async () => {
    const proxy = await startProxy((_, client) => client.write('HTTP/1.1 200 OK\r\n\r\nfirst'));
    const url = new URL(`http://127.0.0.1:${proxy.port}`);
    const open = openThroughProxy({ url, authorization: undefined, secrets: [] }, () => undefined);
    const socket = await new Promise<Socket | null | undefined>((resolve, reject) => {
      const target = { hostname: '127.0.0.1', protocol: 'http:', port: '1' };
      open(target, (error, made) => (error === null ? resolve(made) : reject(error)));
    });
    const [bytes] = await once(socket as Socket, 'data');
    expect(String(bytes)).toBe('first');
    socket?.destroy();
  });

  test('may be at an IPv6 address', async () => {
    const sender = makeSender({ proxy: `http://[::1]:${await closedPort()}`, retry: { unsent: 0 } });
    const error = await failureOf(sender.send(MESSAGE));
    // Refused, or where there is no IPv6 something else, but never an unknown name.
    expect(error.cause).toMatchObject({ message: expect.stringContaining(' ::1:') });
  });

  test('that never answers CONNECT is bound by connectTimeoutMs, and left', async () => {
    let left: Promise<unknown> | undefined;
    const proxy = await startProxy((_, client) => {
      left = once(client.resume(), 'end');
    });
    const sender = makeSender({
      baseUrl: 'https://127.0.0.1:1',
      proxy: `http://127.0.0.1:${proxy.port}`,
      connectTimeoutMs: 200,
      retry: { unsent: 0 },
    });
    const startedAt = performance.now();
    const error = await failureOf(sender.send(MESSAGE));
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(200);
    expect(error).toMatchObject({ code: 'connection_failed', outcome: 'not_sent' });
    await left;
  });

  test('whose tunnel ends in a TLS handshake without end is bound by connectTimeoutMs, and left', async () => {
    let ended: Promise<unknown> | undefined;
    const target = await startGateway(answerSent, {
      onConnection: (socket) => {
        ended = once(socket, 'close');
      },
    });
    const proxy = await startProxy(tunnel);
    const sender = makeSender({
      baseUrl: `https://127.0.0.1:${target.port}`,
      proxy: `http://127.0.0.1:${proxy.port}`,
      connectTimeoutMs: 200,
      retry: { unsent: 0 },
    });
    expect(await failureOf(sender.send(MESSAGE))).toMatchObject({ outcome: 'not_sent' });
    await ended;
  });
});
