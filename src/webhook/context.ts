import type { IncomingMessage } from 'node:http';
import { normalizePhone } from '../phone.ts';
import type { VerifiedWebhook } from './verify.ts';

/** What a handler gets beside the event. */
export interface WebhookContext<Phone extends string | undefined = string> {
  /**
   * The sender in E.164 with `+`, however the gateway spelt it: look people up by this. `undefined` only where
   * the event has no `from`.
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
  /** Aborted when the handler has taken too long. Take it from the context itself: a copy (`{ ...context }`) has none. */
  readonly signal: AbortSignal;
  /** The request, where there is one. In an Express app it is Express's own. */
  readonly request: IncomingMessage | undefined;
}

const unreadablePhone: PropertyDescriptor = {
  enumerable: true,
  get() {
    throw new TypeError('context.phone: the event has a `from` that is no phone number.');
  },
};

/** What one delivery's handler gets. */
export class DeliveryContext implements WebhookContext<string | undefined> {
  declare readonly phone: string | undefined;
  readonly deliveryKey: string;
  readonly timestamp: Date;
  readonly secretIndex: number;
  readonly rawBody: Uint8Array;
  readonly request: IncomingMessage | undefined;
  #controller: AbortController | undefined;

  constructor(
    { event: { from }, timestamp, secretIndex }: VerifiedWebhook,
    deliveryKey: string,
    rawBody: Uint8Array,
    request: IncomingMessage | undefined,
  ) {
    const phone = typeof from === 'string' ? normalizePhone(from) : undefined;
    if (phone === undefined && from !== undefined) Object.defineProperty(this, 'phone', unreadablePhone);
    else this.phone = phone;
    this.deliveryKey = deliveryKey;
    this.timestamp = timestamp;
    this.secretIndex = secretIndex;
    this.rawBody = rawBody;
    this.request = request;
  }

  // A getter of each context's own would survive a copy, but costs 3 % of a whole request.
  get signal(): AbortSignal {
    return this.#abortion().signal;
  }

  /** Aborts the signal of a handler that takes too long. */
  static abort(context: DeliveryContext, reason: Error): void {
    context.#abortion().abort(reason);
  }

  // Made for who looks at it: most handlers do not.
  #abortion(): AbortController {
    this.#controller ??= new AbortController();
    return this.#controller;
  }
}
