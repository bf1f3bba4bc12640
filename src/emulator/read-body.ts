import type { IncomingMessage } from 'node:http';
import { DRAIN_LIMIT_BYTES } from '../protocol.ts';

/**
 * Reads a request's body. One over the limit is still taken in and thrown away, because a client reads an answer
 * only when its own writing was not cut off; past the drain limit that courtesy ends.
 *
 * @returns the bytes, `too_large`, or `undefined` when the client went away before the end.
 */
export async function readBody(
  request: IncomingMessage,
  limitBytes: number,
): Promise<Buffer | 'too_large' | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    const reading = request.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
    for await (const chunk of reading) {
      size += chunk.length;
      if (size <= limitBytes) chunks.push(chunk);
      else chunks.length = 0;
      if (size > DRAIN_LIMIT_BYTES) break;
    }
  } catch {
    return undefined;
  }
  return size > limitBytes ? 'too_large' : Buffer.concat(chunks);
}
