import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** One connection as it came: all its bytes, and the body as a receiver reads it. */
export interface RawDelivery {
  /** Everything that was written on the connection. */
  wire: Buffer;
  /** The head of the request, line by line. */
  head: string[];
  /** The bytes after the head, framing included. */
  framed: Buffer;
  /** The bytes of the body, without framing. */
  body: Buffer;
  /** The header of this name. */
  header(name: string): string | undefined;
}

const EMPTY_LINE = '\r\n\r\n';

/** Starts a webhook that keeps the very bytes of every connection, until the test is over. */
export async function startRawApp(
  answer: RequestListener = (_, response) => response.end('ok'),
): Promise<{ url: string; received: RawDelivery[] }> {
  const received: RawDelivery[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const wire = Buffer.concat(written.get(request.socket) ?? []);
    const end = wire.indexOf(EMPTY_LINE);
    received.push({
      wire,
      head: wire.subarray(0, end).toString('latin1').split('\r\n'),
      framed: wire.subarray(end + EMPTY_LINE.length),
      body: Buffer.concat(chunks),
      header: (name) => request.headers[name]?.toString(),
    });
    answer(request, response);
  });
  const written = new Map<object, Buffer[]>();
  server.on('connection', (socket) => {
    const chunks: Buffer[] = [];
    written.set(socket, chunks);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`, received };
}
