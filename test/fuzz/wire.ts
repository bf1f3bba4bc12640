import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How bytes are written: cut at these places, with a pause after each part. */
export interface Rhythm {
  /** Where the bytes are cut, as fractions of their length. */
  readonly cuts: readonly number[];
  /** How long to wait after each part, in milliseconds; 0 for one turn of the event loop. */
  readonly pauses: readonly number[];
}

/** Cuts bytes by a rhythm. */
export function cut(bytes: Buffer, { cuts }: Rhythm): Buffer[] {
  const places = cuts.map((cutAt) => Math.floor(cutAt * bytes.length)).sort((a, b) => a - b);
  return [...places, bytes.length].map((end, index) => bytes.subarray(places[index - 1] ?? 0, end));
}

/** Writes bytes in parts; stops where the connection is gone. */
export async function writeSlowly(socket: Socket, bytes: Buffer, rhythm: Rhythm): Promise<void> {
  for (const [index, part] of cut(bytes, rhythm).entries()) {
    if (socket.destroyed || socket.writableEnded) return;
    if (part.length > 0) socket.write(part);
    const pause = rhythm.pauses[index % Math.max(1, rhythm.pauses.length)] ?? 0;
    await (pause === 0 ? new Promise((resolve) => setImmediate(resolve)) : sleep(pause));
  }
}

/** How a client leaves once it has written what it wants to. */
export type Leaving = 'stays' | 'ends' | 'destroys' | 'resets';

/** Sends bytes to a port of this machine and reads until the connection is closed. */
export async function converse(
  port: number,
  bytes: Buffer,
  rhythm: Rhythm,
  leaving: Leaving,
): Promise<string> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  let received = '';
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await once(socket, 'connect');
  await writeSlowly(socket, bytes, rhythm);
  if (leaving === 'ends') socket.end();
  if (leaving === 'destroys') socket.destroy();
  if (leaving === 'resets') socket.resetAndDestroy();
  await closed;
  return received;
}
