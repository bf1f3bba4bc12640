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
  /** Whether the dispatcher is the sender's own, and so of the undici that this package depends on. */
  readonly isOwn: boolean;
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
    const Handler = limits.isOwn ? ExchangeHandler : BothFormsHandler;
    const handler = new Handler(limits, resolve);
    if (!handler.open()) return;
    try {
      dispatcher.dispatch(request, handler);
    } catch (error) {
      handler.fail(error);
    }
  });
}

/**
 * Speaks undici's older handler interface, the one that undici 7 itself works with: whoever speaks the present one too
 * has every step translated, and every header of the answer parsed.
 */
class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #limits: ExchangeLimits;
  readonly #resolve: (result: ExchangeResult) => void;
  #written = false;
  #settled = false;
  #abort: ((reason: Error) => void) | undefined;
  #status: number | undefined;
  #retryAfter: string | undefined;
  readonly #chunks: Uint8Array[] = [];
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

  onConnect(abort: (reason?: Error) => void): void {
    this.start(abort);
  }

  onHeaders(status: number, rawHeaders: RawHeaders | null): boolean {
    // Names and values take turns.
    const value = rawHeaders?.find((_, index) => index % 2 === 1 && isRetryAfter(rawHeaders[index - 1]));
    this.head(status, value);
    return true;
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

  onComplete(): void {
    this.#end(join(this.#chunks), undefined);
  }

  onError(error: unknown): void {
    this.fail(error);
  }

  /** Ends it with an error. What came of an answer until then is still an answer: it may be readable. */
  fail(error: unknown): void {
    this.#end(join(this.#chunks), error ?? new Error('The connection failed.'));
  }

  protected head(status: number, retryAfter: unknown): void {
    if (status < FIRST_FINAL_STATUS) return;
    this.#status = status;
    this.#retryAfter = firstText(retryAfter);
  }

  protected start(abort: (reason: Error) => void): void {
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
    this.#limits.deadline.waiting = undefined;
    this.#resolve(result);
  }
}

/** Speaks undici's present handler interface too, for a dispatcher that may know no other. */
class BothFormsHandler extends ExchangeHandler {
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.start((reason) => controller.abort(reason));
  }

  onResponseStart(_: unknown, status: number, headers: IncomingHttpHeaders): void {
    this.head(status, Object.entries(headers).find(([name]) => isRetryAfter(name))?.[1]);
  }

  onResponseData(_: unknown, chunk: Uint8Array): void {
    this.onData(chunk);
  }

  onResponseEnd(): void {
    this.onComplete();
  }

  onResponseError(_: unknown, error: unknown): void {
    this.fail(error);
  }
}

function isRetryAfter(name: Buffer | string | undefined): boolean {
  return name?.length === RETRY_AFTER.length && name.toString().toLowerCase() === RETRY_AFTER;
}

function firstText(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' || Buffer.isBuffer(first) ? first.toString() : undefined;
}

/** An answer nearly always comes in one piece, which is not copied. */
function join(chunks: readonly Uint8Array[]): Uint8Array {
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
}
