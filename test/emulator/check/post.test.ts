import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CHECK_SLOW_BODY_MS } from '../../../src/emulator/check/limits.ts';
import { cutInPieces, post } from '../../../src/emulator/check/post.ts';
import { serve } from '../../support/server.ts';

const rawBody = Buffer.from('{"message_text":"أين طلبي"}');
const outgoing = { headers: { 'content-type': 'application/json' }, rawBody };

interface Seen {
  headers: Record<string, unknown>;
  pieces: number;
  body: string;
}

async function receive(): Promise<{ url: URL; seen: Seen[] }> {
  const seen: Seen[] = [];
  const { port } = await serve(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    seen.push({ headers: request.headers, pieces: pieces.length, body: Buffer.concat(pieces).toString() });
    response.end('ok');
  });
  return { url: new URL(`http://127.0.0.1:${port}/webhook`), seen };
}

async function listen(onSocket: (socket: Socket) => void): Promise<URL> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    onSocket(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`);
}

describe('post', () => {
  it('sends a whole body with its length', async () => {
    const { url, seen } = await receive();
    const answer = await post(url, outgoing, 5_000);
    expect(answer).toMatchObject({ type: 'http', status: 200, body: 'ok' });
    expect(seen[0]?.headers).toMatchObject({ 'content-length': String(rawBody.length) });
    expect(seen[0]?.body).toBe(rawBody.toString());
  });

  it('sends a slow body in pieces over a second, with its length', async () => {
    const { url, seen } = await receive();
    const answer = await post(url, { ...outgoing, pace: 'slow' }, 5_000);
    expect(answer.durationMs).toBeGreaterThanOrEqual(CHECK_SLOW_BODY_MS - 50);
    expect(seen[0]?.pieces).toBeGreaterThan(2);
    expect(seen[0]?.headers).toMatchObject({ 'content-length': String(rawBody.length) });
    expect(seen[0]?.body).toBe(rawBody.toString());
  });

  it('sends a chunked body with no length', async () => {
    const { url, seen } = await receive();
    await post(url, { ...outgoing, pace: 'chunked' }, 5_000);
    expect(seen[0]?.headers).toMatchObject({ 'transfer-encoding': 'chunked' });
    expect(seen[0]?.headers).not.toHaveProperty('content-length');
    expect(seen[0]?.body).toBe(rawBody.toString());
  });

  it('tells a time-out from a closed connection and from none', async () => {
    const silent = await listen(() => undefined);
    expect(await post(silent, outgoing, 50)).toMatchObject({ type: 'timeout' });
    const closing = await listen((socket) => socket.once('data', () => socket.destroy()));
    expect(await post(closing, outgoing, 5_000)).toMatchObject({ type: 'broken' });
    const { server, port } = await serve(() => undefined);
    server.close();
    const none = await post(new URL(`http://127.0.0.1:${port}/`), outgoing, 5_000);
    expect(none).toMatchObject({ type: 'unreachable', reason: 'ECONNREFUSED' });
  });

  it('times out where an answer never ends', async () => {
    const { port } = await serve((_, response) => {
      response.write('o');
    });
    const answer = await post(new URL(`http://127.0.0.1:${port}/`), outgoing, 50);
    expect(answer.type).toBe('timeout');
  });
});

describe('cutInPieces', () => {
  it('loses nothing and cuts letters in two', () => {
    const pieces = cutInPieces(Buffer.from('طططططططططط'));
    expect(Buffer.concat(pieces).toString()).toBe('طططططططططط');
    expect(pieces).toHaveLength(5);
    expect(pieces.slice(0, -1).every((piece) => piece.toString().endsWith('\ufffd'))).toBe(true);
  });

  it('cuts ASCII anywhere, and a short body into fewer pieces', () => {
    expect(cutInPieces(Buffer.from('0123456789')).map(String)).toEqual(['01', '23', '45', '67', '89']);
    expect(Buffer.concat(cutInPieces(Buffer.from('{}'))).toString()).toBe('{}');
  });
});
