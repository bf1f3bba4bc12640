import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { PATH } from './hosts.ts';
import type { RunningServer } from './server.ts';

/** A connection on which the test says byte for byte what is sent. */
export interface RawClient {
  readonly socket: Socket;
  /** What has come back so far. */
  received(): string;
  /** Settles when what came back holds the text. */
  receives(text: string): Promise<void>;
  /** Writes everything before it reads anything, as a simple sender does; stops when the connection is gone. */
  writeAll(parts: Iterable<Buffer | string>): Promise<void>;
  /** Settles when the connection is gone, however it went. */
  readonly closed: Promise<unknown>;
}

export async function connectRaw({ port }: RunningServer): Promise<RawClient> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  let received = '';
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
  });
  // A connection that the other side resets is part of these tests.
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'connect');
  return {
    socket,
    closed,
    writeAll: async (parts) => {
      socket.pause();
      for (const part of parts) {
        if (socket.destroyed) break;
        if (socket.write(part)) continue;
        const drained = new Promise((resolve) => socket.once('drain', resolve));
        await Promise.race([drained, closed]);
      }
      socket.resume();
    },
    received: () => received,
    receives: async (text) => {
      while (!received.includes(text)) {
        if (socket.closed) throw new Error(`The connection closed before ${text} came: ${received}`);
        const more = new Promise((resolve) => socket.once('data', resolve));
        await Promise.race([more, closed]);
      }
    },
  };
}

/** The head of a POST to the webhook. */
export function head(headers: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\n${lines.join('')}\r\n`;
}

/** One chunk of a chunked body. */
export function chunk(bytes: Uint8Array | string): Buffer {
  const data = Buffer.from(bytes);
  return Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]);
}

export const LAST_CHUNK = '0\r\n\r\n';
