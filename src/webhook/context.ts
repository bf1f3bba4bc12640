import type { IncomingMessage } from 'node:http';
import { normalizePhone } from '../phone.ts';
import type { VerifiedWebhook } from './verify.ts';

/** What a handler gets beside the event. */
export interface WebhookContext<Phone extends string | undefined = string> {
  /**
   * The sender in E.164 with `+`, however the gateway spelt it: look people up by this. Worked out when it is read.
   * `undefined` only where the event has no `from`.
   *
   * @throws TypeError when `from` cannot be a phone number, so that an opt-out never silently matches nobody.
   */
  readonly phone: Phone;
  /** What duplicates of this delivery are told by. */
  readonly deliveryKey: string;
  /** When the gateway signed it. */
  readonly timestamp: Date;
  /** Which secret signed it, counted from 0. */
  readonly secretIndex: number;
  /** The bytes as they came. */
  readonly rawBody: Uint8Array;
  /** Aborted when the handler has taken too long. */
  readonly signal: AbortSignal;
  /** The request, where there is one. In an Express app it is Express's own. */
  readonly request: IncomingMessage | undefined;
}

/** What only few handlers read is made when it is read. */
export class DeliveryContext implements WebhookContext<string | undefined> {
  readonly deliveryKey: string;
  readonly timestamp: Date;
  readonly secretIndex: number;
  readonly rawBody: Uint8Array;
  readonly request: IncomingMessage | undefined;
  readonly #from: unknown;
  readonly #abort = new AbortController();

  constructor(
    { event, timestamp, secretIndex }: VerifiedWebhook,
    deliveryKey: string,
    rawBody: Uint8Array,
    request: IncomingMessage | undefined,
  ) {
    this.deliveryKey = deliveryKey;
    this.timestamp = timestamp;
    this.secretIndex = secretIndex;
    this.rawBody = rawBody;
    this.request = request;
    this.#from = event.from;
  }

  get phone(): string | undefined {
    if (this.#from === undefined) return undefined;
    const phone = typeof this.#from === 'string' ? normalizePhone(this.#from) : undefined;
    if (phone === undefined)
      throw new TypeError('context.phone: the event has a `from` that is no phone number.');
    return phone;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  abort(reason: Error): void {
    this.#abort.abort(reason);
  }
}
