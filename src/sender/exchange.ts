import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Deadline } from './deadline.ts';
import type { RawAnswer } from './response.ts';

/** What a request is handed to: anything of undici's (or of Node's own copy of it) that has `dispatch`. */
export type SendDispatcher = Pick<Dispatcher, 'dispatch'>;

/** How one try to carry a message ended. */
export type ExchangeResult =
  | { readonly type: 'answered'; readonly answer: RawAnswer }
  /** Without an answer. `written` is the proof: false means that not one byte can have left. */
  | { readonly type: 'failed'; readonly written: boolean; readonly error: unknown }
  /** The deadline ended it. */
  | { readonly type: 'stopped'; readonly written: boolean };

/** What bounds one exchange. */
export interface ExchangeLimits {
  readonly deadline: Pick<Deadline, 'stop' | 'waiting'>;
  readonly maxResponseBytes: number;
}

const FIRST_FINAL_STATUS = 200;
const RETRY_AFTER = 'retry-after';

type RawHeaders = readonly (Buffer | string)[];

/**
 * Hands one request to a dispatcher and waits for what comes of it. Never rejects.
 *
 * undici calls `onRequestStart` (in its older form `onConnect`) immediately before it writes to the socket: as long
 * as it was not called, nothing was sent. Error codes prove nothing, they come before and after the write.
 */
export function exchange(
  dispatcher: SendDispatcher,
  request: Dispatcher.DispatchOptions,
  limits: ExchangeLimits,
): Promise<ExchangeResult> {
  return new Promise((resolve) => {
    const handler = new ExchangeHandler(limits, resolve);
    if (!handler.open()) return;
    try {
      dispatcher.dispatch(request, handler);
    } catch (error) {
      handler.fail(error);
    }
  });
}

/** Speaks undici's present handler interface and the older one, which Node's own copy and mocks still use. */
class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #limits: ExchangeLimits;
  readonly #resolve: (result: ExchangeResult) => void;
  #written = false;
  #settled = false;
  #abort: ((reason: Error) => void) | undefined;
  #status: number | undefined;
  #retryAfter: string | undefined;
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  constructor(limits: ExchangeLimits, resolve: (result: ExchangeResult) => void) {
    this.#limits = limits;
    this.#resolve = resolve;
  }

  /** Begins to follow the deadline; false where it has passed already. */
  open(): boolean {
    if (this.#limits.deadline.stop !== undefined) {
      this.stop();
      return false;
    }
    this.#limits.deadline.waiting = this;
    return true;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#start((reason) => controller.abort(reason));
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.#start(abort);
  }

  onResponseStart(_: unknown, status: number, headers: IncomingHttpHeaders): void {
    if (status < FIRST_FINAL_STATUS) return;
    this.#status = status;
    this.#retryAfter = firstText(Object.entries(headers).find(([name]) => isRetryAfter(name))?.[1]);
  }

  onHeaders(status: number, rawHeaders: RawHeaders | null): boolean {
    if (status < FIRST_FINAL_STATUS) return true;
    this.#status = status;
    // Names and values take turns.
    const value = rawHeaders?.find((_, index) => index % 2 === 1 && isRetryAfter(rawHeaders[index - 1]));
    this.#retryAfter = firstText(value);
    return true;
  }

  onResponseData(_: unknown, chunk: Uint8Array): void {
    this.onData(chunk);
  }

  onData(chunk: Uint8Array): boolean {
    if (this.#settled) return true;
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limits.maxResponseBytes) {
      this.#end(undefined, new Error(`The answer is larger than ${this.#limits.maxResponseBytes} bytes.`));
      this.#abort?.(new Error('The answer is too large.'));
    } else {
      this.#chunks.push(chunk);
    }
    return true;
  }

  onResponseEnd(): void {
    this.onComplete();
  }

  onComplete(): void {
    this.#end(Buffer.concat(this.#chunks), undefined);
  }

  onResponseError(_: unknown, error: unknown): void {
    this.fail(error);
  }

  onError(error: unknown): void {
    this.fail(error);
  }

  /** Ends it with an error. What came of an answer until then is still an answer: it may be readable. */
  fail(error: unknown): void {
    this.#end(Buffer.concat(this.#chunks), error ?? new Error('The connection failed.'));
  }

  #start(abort: (reason: Error) => void): void {
    if (this.#settled) {
      // Given up while it waited for a connection: it must not leave now.
      abort(new Error('The send had ended before its request was written.'));
      return;
    }
    if (this.#written) {
      // A dispatcher that retries or redirects would send the message twice; undici itself re-queues in rare cases.
      const error = new Error('The dispatcher tried to send the request a second time.');
      this.#settle({ type: 'failed', written: true, error });
      abort(error);
      return;
    }
    this.#written = true;
    this.#abort = abort;
  }

  /** The send has to end. */
  stop(): void {
    this.#settle({ type: 'stopped', written: this.#written });
    this.#abort?.(new Error('The send ended before it was answered.'));
  }

  #end(body: Uint8Array | undefined, error: unknown): void {
    if (this.#status === undefined) {
      this.#settle({
        type: 'failed',
        written: this.#written,
        error: error ?? new Error('The answer has no status.'),
      });
      return;
    }
    const answer = { status: this.#status, retryAfter: this.#retryAfter, body, error };
    this.#settle({ type: 'answered', answer });
  }

  #settle(result: ExchangeResult): void {
    // By then the send may wait for something else already.
    if (this.#settled) return;
    this.#settled = true;
    this.#chunks = [];
    this.#limits.deadline.waiting = undefined;
    this.#resolve(result);
  }
}

function isRetryAfter(name: Buffer | string | undefined): boolean {
  return name?.toString().toLowerCase() === RETRY_AFTER;
}

function firstText(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' || Buffer.isBuffer(first) ? first.toString() : undefined;
}
