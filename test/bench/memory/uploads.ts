import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { startChild } from '../harness/child.ts';
import type { Wanted } from '../harness/report.ts';
import { messageBody, signedHeaders } from '../support/delivery.ts';
import type { Held } from './collected.ts';

const BODY_BYTES = 1_000_000;
const PARTS = 10;
const MEGABYTE = 1_000_000;
const MOST_HELD_AFTER = 5 * MEGABYTE;
const MOST_PEAK = 1.5;

function write(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

/** Opens many uploads, and ends none of them before all have sent all but their last part. */
export async function uploads(count: number) {
  const server = startChild(new URL('server.ts', import.meta.url), { execArgv: ['--expose-gc'] });
  const { port } = await server.next<{ port: number }>();
  // What a first delivery loads and compiles is not held by uploads.
  const body = messageBody(BODY_BYTES);
  const upload = async (at: number) => {
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    const headers = signedHeaders(body, new Date(Date.now() + at).toISOString());
    const head = Object.entries({ host: 'x', 'content-length': String(body.length), ...headers });
    const lines = head.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    await write(socket, Buffer.from(`POST / HTTP/1.1\r\n${lines}\r\n`));
    return socket;
  };
  const partOf = (part: number): Buffer =>
    body.subarray((part * BODY_BYTES) / PARTS, ((part + 1) * BODY_BYTES) / PARTS);
  const finish = async (socket: Socket): Promise<void> => {
    const answered = once(socket, 'data');
    await write(socket, partOf(PARTS - 1));
    const [answer] = await answered;
    socket.destroy();
    if (!String(answer).startsWith('HTTP/1.1 200')) throw new Error(`An upload was answered ${answer}`);
  };

  const first = await upload(0);
  for (let part = 0; part < PARTS - 1; part += 1) await write(first, partOf(part));
  await finish(first);
  const before = await server.ask<Held>({});
  const sockets: Socket[] = [];
  for (let at = 1; at <= count; at += 1) sockets.push(await upload(at));
  // Part after part for all: each upload takes as long as all of them.
  for (let part = 0; part < PARTS - 1; part += 1) {
    await Promise.all(sockets.map((socket) => write(socket, partOf(part))));
  }
  await Promise.all(sockets.map(finish));
  const after = await server.ask<Held>({});
  await server.stop();

  const sentBytes = count * BODY_BYTES;
  const peak = after.peakRssBytes - before.peakRssBytes;
  const left = after.heldBytes - before.heldBytes;
  const mb = (bytes: number): string => `${(bytes / MEGABYTE).toFixed(1)} MB`;
  const wanted: Wanted[] = [
    {
      what: `peak of ${count.toLocaleString('en')} slow uploads of 1 MB at once, beside their bytes`,
      bound: `at most ${MOST_PEAK}×`,
      came: `${(peak / sentBytes).toFixed(2)}×`,
      met: peak <= MOST_PEAK * sentBytes,
    },
    {
      what: 'held after them',
      bound: `at most ${mb(MOST_HELD_AFTER)}`,
      came: mb(left),
      met: left <= MOST_HELD_AFTER,
    },
  ];
  const row = [`${count.toLocaleString('en')} slow uploads of 1 MB at once`, mb(peak), mb(left), ''];
  return { wanted, row };
}
