import type { IncomingMessage } from 'node:http';
import { types } from 'node:util';
import getRawBody from 'raw-body';
import { DRAIN_LIMIT_BYTES, DRAIN_TIMEOUT_MS } from '../protocol.ts';
import { bodyTooLarge, rawBodyUnavailable, requestAborted } from './errors.ts';

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
  const kept = [request.rawBody, request.body].find(isBytesOrText);
  if (kept === undefined || request.readableEnded || !isFromSocket(request)) return kept;
  return kept.length > 0 && !request.readableDidRead ? kept : undefined;
}

function readStream(request: IncomingMessage, limitBytes: number): Promise<Uint8Array> {
  // Listeners on a stream that has given its data away would wait for ever.
  if (request.destroyed && !request.readableDidRead) return Promise.reject(requestAborted());
  const isText = request.readableEncoding !== null;
  if (request.readableDidRead || !request.readable || isText) return Promise.reject(rawBodyUnavailable());
  return new Promise((resolve, reject) => {
    const onClose = (): void => reject(requestAborted());
    request.once('close', onClose);
    getRawBody(request, { limit: limitBytes }, (error, body) => {
      request.off('close', onClose);
      if (!error) resolve(body);
      else reject(error.type === 'entity.too.large' ? bodyTooLarge(limitBytes) : requestAborted(error));
    });
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
  request.once('close', () => {
    clearTimeout(giveUp);
    done();
  });
  request.resume();
}
