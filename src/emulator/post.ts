import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { types } from 'node:util';
import { DEFAULT_MAX_RESPONSE_BYTES } from '../protocol.ts';
import { toHeaderRecord } from './header-record.ts';
import { EMULATOR_ATTEMPT_TIMEOUT_MS } from './limits.ts';
import type { DeliveryAttempt } from './model.ts';
import type { Wire } from './wire.ts';

/** What an attempt came to: an answer, or an error in its place. */
export type PostOutcome = Pick<DeliveryAttempt, 'status' | 'headers' | 'body' | 'error'>;

/** Posts deliveries, and can cut off what is still under way. */
export interface Poster {
  /**
   * Posts once, following no redirect. It never rejects.
   *
   * @param meet - Waited for when all but the body's last byte is written, so that two can be completed together.
   */
  post(url: URL, wire: Pick<Wire, 'headers' | 'pieces'>, meet?: () => Promise<void>): Promise<PostOutcome>;
  /** Ends every post under way with this error. */
  abort(error: Error): void;
}

function nextResponse(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    // Stays for good: what fails after the answer came must not become an uncaught error.
    request.on('error', reject);
    request.once('close', () => reject(new Error('The connection was closed without an answer.')));
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (size < DEFAULT_MAX_RESPONSE_BYTES) chunks.push(chunk.subarray(0, DEFAULT_MAX_RESPONSE_BYTES - size));
    size += chunk.length;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Writes all but the last byte, waits until that has left, meets the others, and writes the rest. */
async function writeTogether(
  request: ClientRequest,
  pieces: readonly Buffer[],
  meet: () => Promise<void>,
): Promise<void> {
  const bytes = Buffer.concat(pieces);
  await new Promise<void>((resolve) => {
    request.once('close', resolve);
    if (bytes.length > 1) request.write(bytes.subarray(0, -1), () => resolve());
    else {
      request.flushHeaders();
      request.once('socket', (socket) => socket.once('connect', resolve));
    }
  });
  await meet();
  request.end(bytes.subarray(-1));
}

/** What failed, in words: a host with several addresses fails without any of its own. */
function toError(cause: unknown): Error {
  if (!types.isNativeError(cause)) return new Error(String(cause), { cause });
  if (cause.message !== '' || !(cause instanceof AggregateError)) return cause;
  const message = cause.errors.map((error) => (types.isNativeError(error) ? error.message : '')).join('; ');
  return Object.assign(new Error(message, { cause }), 'code' in cause ? { code: cause.code } : {});
}

/** Makes what posts deliveries over `node:http` and `node:https`, each on a connection of its own. */
export function createPoster(): Poster {
  const underWay = new Set<ClientRequest>();
  return {
    async post(url, { headers, pieces }, meet) {
      const open = url.protocol === 'https:' ? requestHttps : requestHttp;
      const request = open(url, { method: 'POST', headers, agent: false });
      underWay.add(request);
      const timer = setTimeout(() => {
        request.destroy(new Error(`The app did not answer within ${EMULATOR_ATTEMPT_TIMEOUT_MS} ms.`));
      }, EMULATOR_ATTEMPT_TIMEOUT_MS).unref();
      try {
        const answered = nextResponse(request);
        if (meet === undefined) {
          for (const piece of pieces.slice(0, -1)) request.write(piece);
          request.end(pieces.at(-1));
        } else {
          void writeTogether(request, pieces, meet);
        }
        const response = await answered;
        const body = await readText(response);
        const { statusCode: status = 0 } = response;
        return { status, headers: toHeaderRecord(response.headers), body, error: undefined };
      } catch (cause) {
        return { status: undefined, headers: undefined, body: undefined, error: toError(cause) };
      } finally {
        clearTimeout(timer);
        underWay.delete(request);
        request.destroy();
      }
    },
    abort(error) {
      for (const request of underWay) request.destroy(error);
    },
  };
}
