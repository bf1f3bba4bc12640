import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Answer } from './answer-arbitraries.ts';
import { writeSlowly } from './wire.ts';

/** A server that answers each POST with whatever bytes it was told. */
export interface RawGateway {
  /**
   * Says what is answered from now on.
   *
   * @returns an address of its own, so that what comes late from an earlier run is not counted.
   */
  answerWith(answer: Answer): string;
  /** How many POSTs to this address were read to their end: each may be a message that went out. */
  posts(url: string): number;
  stop(): Promise<void>;
}

const HEAD_END = '\r\n\r\n';
const LENGTH = /^content-length: (\d+)$/imu;

/** How many bytes of a request are still missing. */
function missing(received: Buffer): number {
  const end = received.indexOf(HEAD_END);
  if (end < 0) return Infinity;
  const length = Number(LENGTH.exec(received.toString('latin1', 0, end))?.[1] ?? 0);
  return end + HEAD_END.length + length - received.length;
}

export async function startRawGateway(): Promise<RawGateway> {
  const sockets = new Set<Socket>();
  let answer: Answer | undefined;
  let posts: string[] = [];
  let runs = 0;

  async function reply(socket: Socket): Promise<void> {
    if (answer === undefined) return;
    const { bytes, rhythm, ending } = answer;
    await writeSlowly(socket, bytes, rhythm);
    if (ending === 'ends') socket.end();
    if (ending === 'resets') socket.resetAndDestroy();
  }

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    if (answer?.ending === 'refuses') {
      socket.destroy();
      return;
    }
    let received: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (missing(received) > 0) return;
      const [, path = ''] = received.toString('latin1', 0, received.indexOf('\r\n')).split(' ');
      received = Buffer.alloc(0);
      posts.push(path);
      void reply(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    answerWith(next) {
      answer = next;
      posts = [];
      runs += 1;
      return `http://127.0.0.1:${port}/run-${runs}`;
    },
    posts: (url) => posts.filter((path) => path.startsWith(`${new URL(url).pathname}/`)).length,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
