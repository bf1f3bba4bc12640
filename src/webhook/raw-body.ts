import type { IncomingMessage } from 'node:http';
import { types } from 'node:util';
import { DRAIN_LIMIT_BYTES, DRAIN_TIMEOUT_MS } from '../protocol.ts';
import { bodyTooLarge, rawBodyUnavailable, requestAborted, type WebhookError } from './errors.ts';
import { toBytes } from './verify.ts';

/** A request as body parsers and serverless adapters leave it. */
export interface RequestWithBody extends IncomingMessage {
  /** The bytes, where something kept them (`express.json({ verify })`, Firebase). */
  rawBody?: unknown;
  /** Bytes or text (`express.raw()`, `express.text()`, serverless adapters), or what a parser made of them. */
  body?: unknown;
}

function isBytesOrText(value: unknown): value is Uint8Array | string {
  return typeof value === 'string' || types.isUint8Array(value);
}

/** Whether it came through a socket, and was not made by hand as serverless adapters do. */
function isFromSocket({ socket }: IncomingMessage): boolean {
  return socket?.bytesRead > 0;
}

/** What somebody kept of the body; nothing while it is still being collected (`req.on('data', …)`, then `next()`). */
function keptBody(request: RequestWithBody): Uint8Array | string | undefined {
  const { rawBody, body } = request;
  const kept = isBytesOrText(rawBody) ? rawBody : body;
  if (!isBytesOrText(kept)) return undefined;
  if (request.readableEnded || !isFromSocket(request)) return kept;
  return kept.length > 0 && !request.readableDidRead ? kept : undefined;
}

function readStream(request: IncomingMessage, limitBytes: number): Promise<Uint8Array> {
  // Listeners on a stream that has given its data away would wait for ever.
  const isWhole = request.readable && !request.readableDidRead && request.readableEncoding === null;
  if (!isWhole) {
    const isAborted = request.destroyed && !request.readableDidRead;
    return Promise.reject(isAborted ? requestAborted() : rawBodyUnavailable());
  }
  // What serverless adapters make may have no headers.
  if (Number(request.headers?.['content-length']) > limitBytes)
    return Promise.reject(bodyTooLarge(limitBytes));
  return collect(request, limitBytes);
}

function collect(request: IncomingMessage, limitBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    const onData = (chunk: unknown): void => {
      if (!isBytesOrText(chunk)) {
        fail(rawBodyUnavailable());
        return;
      }
      const bytes = toBytes(chunk);
      chunks.push(bytes);
      size += bytes.length;
      if (size > limitBytes) fail(bodyTooLarge(limitBytes));
    };
    const onEnd = (): void => {
      leave();
      // One chunk is a buffer of its own, as Node's parser makes it.
      resolve(chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks, size));
    };
    const onError = (error: unknown): void => fail(requestAborted(error));
    const onClose = (): void => fail(requestAborted());
    const fail = (error: WebhookError): void => {
      leave();
      request.pause();
      reject(error);
    };
    const leave = (): void => {
      request.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
    };
    request.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  });
}

/**
 * The bytes of a request's body: kept ones first, then the stream. A parsed `req.body` is no help, and an empty one
 * no harm: Express 4 sets `{}` where it read nothing.
 *
 * @throws WebhookError `raw_body_unavailable`, `body_too_large` or `request_aborted`.
 */
export function takeRawBody(request: RequestWithBody, limitBytes: number): Promise<Uint8Array | string> {
  const kept = keptBody(request);
  return kept === undefined ? readStream(request, limitBytes) : Promise.resolve(kept);
}

/** Whether the rest of a body may still come. */
export function mayHaveMore(request: IncomingMessage): boolean {
  return request.complete === false && isFromSocket(request);
}

/**
 * Takes in, and throws away, the rest of a body that nobody reads, for a while: a sender that writes everything before
 * it reads would otherwise never see our answer.
 */
export function drain(request: IncomingMessage, done: () => void): void {
  let size = 0;
  const giveUp = setTimeout(() => request.destroy(), DRAIN_TIMEOUT_MS).unref();
  request.on('data', (chunk: Uint8Array | string) => {
    size += chunk.length;
    if (size > DRAIN_LIMIT_BYTES) request.destroy();
  });
  request.once('error', () => undefined);
  const end = (): void => {
    clearTimeout(giveUp);
    done();
  };
  // HTTP/2 closes a request only when it is answered.
  request.once('end', end).once('close', end);
  request.resume();
}
