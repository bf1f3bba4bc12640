import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { DEFAULT_MAX_RESPONSE_BYTES } from '../../protocol.ts';
import type { Answer } from './answer.ts';
import { CHECK_SLOW_BODY_MS } from './limits.ts';

/** How a body goes out: at once; in pieces with a length told before; or in chunks with none. */
export type Pace = 'whole' | 'slow' | 'chunked';

/** A request as a probe wants it. */
export interface Outgoing {
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: Buffer;
  /** @default 'whole' */
  readonly pace?: Pace;
}

const PIECES = 5;
const CHUNK_PAUSE_MS = 20;
const CONTINUATION_MASK = 0xc0;
const CONTINUATION = 0x80;

/** Cuts a body into pieces, inside of a letter wherever there is one of several bytes. */
export function cutInPieces(body: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  let start = 0;
  for (let piece = 1; piece < PIECES; piece += 1) {
    const wanted = Math.floor((body.length * piece) / PIECES);
    const inLetter = body.findIndex(
      (byte, index) => index >= wanted && (byte & CONTINUATION_MASK) === CONTINUATION,
    );
    const end = inLetter === -1 ? wanted : inLetter;
    if (end > start) pieces.push(body.subarray(start, end));
    start = Math.max(start, end);
  }
  pieces.push(body.subarray(start));
  return pieces;
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

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

/** Posts once, on a connection of its own, following no redirect. Settles whatever the receiver does. */
export async function post(url: URL, outgoing: Outgoing, timeoutMs: number): Promise<Answer> {
  const { headers, rawBody, pace = 'whole' } = outgoing;
  const startedAt = performance.now();
  const ended = new AbortController();
  let connected = false;
  let timedOut = false;
  const isHttps = url.protocol === 'https:';
  const request = (isHttps ? requestHttps : requestHttp)(url, {
    method: 'POST',
    headers: {
      ...headers,
      'user-agent': 'whatsapp-gateway-emulator',
      ...(pace === 'chunked' ? {} : { 'content-length': rawBody.length }),
    },
    agent: false,
  });
  request.once('socket', (socket) => {
    socket.once(isHttps ? 'secureConnect' : 'connect', () => {
      connected = true;
    });
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    // Stays for good: what fails after the answer came must not become an uncaught error.
    request.on('error', reject);
    request.once('close', () => reject(new Error('no answer')));
  });
  const timer = setTimeout(() => {
    timedOut = true;
    request.destroy(new Error(`no connection within ${timeoutMs} ms`));
  }, timeoutMs);

  async function write(): Promise<void> {
    if (pace === 'whole') {
      request.end(rawBody);
      return;
    }
    const pieces = cutInPieces(rawBody);
    const pauseMs = pace === 'slow' ? CHECK_SLOW_BODY_MS / (pieces.length - 1) : CHUNK_PAUSE_MS;
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) await wait(pauseMs, undefined, { signal: ended.signal });
      request.write(piece);
    }
    request.end();
  }

  try {
    write().catch(() => undefined);
    const response = await answered;
    const body = await readText(response);
    const durationMs = performance.now() - startedAt;
    return { type: 'http', status: response.statusCode ?? 0, headers: response.headers, body, durationMs };
  } catch (error) {
    const durationMs = performance.now() - startedAt;
    const type = connected ? (timedOut ? 'timeout' : 'broken') : 'unreachable';
    return { type, reason: reasonOf(error), durationMs };
  } finally {
    ended.abort();
    clearTimeout(timer);
    request.destroy();
  }
}
