import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { answerParent } from '../harness/child.ts';
import { type Style, signedRequest } from './styles.ts';

/** What the parent asks for. */
export interface Load {
  readonly port: number;
  readonly style: Style;
  readonly requests: number;
}

const CONNECTIONS = 50;
const BODY_BYTES = 300;
const STATUS_200 = 'HTTP/1.1 200 ';
const CONTENT_LENGTH = /\r\ncontent-length: (\d+)\r\n/iu;
const pools = new Map<number, Socket[]>();

async function socketsTo(port: number): Promise<Socket[]> {
  const known = pools.get(port);
  if (known !== undefined) return known;
  const sockets = Array.from({ length: CONNECTIONS }, () =>
    connect({ port, host: '127.0.0.1', noDelay: true }),
  );
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  pools.set(port, sockets);
  return sockets;
}

/** How long the answer at the start of a text is, or `undefined` while some of it is missing. */
function answerLength(text: string): number | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  if (!text.startsWith(STATUS_200)) throw new Error(`Not 200: ${text.slice(0, 200)}`);
  const declared = CONTENT_LENGTH.exec(text.slice(0, headEnd + 2))?.[1];
  if (declared === undefined) throw new Error(`No length: ${text.slice(0, 200)}`);
  const length = headEnd + 4 + Number(declared);
  return text.length >= length ? length : undefined;
}

/** Sends the requests one after another over one connection, as long as there are any. */
function drive(socket: Socket, next: () => Buffer | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = '';
    const send = (): void => {
      const request = next();
      if (request !== undefined) {
        socket.write(request);
        return;
      }
      socket.off('data', onData).off('close', onClose);
      resolve();
    };
    const onClose = (): void => reject(new Error('The server closed a connection.'));
    const onData = (chunk: Buffer): void => {
      received += chunk.toString('latin1');
      const length = answerLength(received);
      if (length === undefined) return;
      received = received.slice(length);
      send();
    };
    socket.on('data', onData).on('close', onClose);
    send();
  });
}

answerParent(async ({ port, style, requests }: Load) => {
  const sockets = await socketsTo(port);
  const pool = Array.from({ length: requests }, () => signedRequest(style, BODY_BYTES));
  const startedAt = performance.now();
  await Promise.all(sockets.map((socket) => drive(socket, () => pool.pop())));
  return { tookMs: performance.now() - startedAt };
});
