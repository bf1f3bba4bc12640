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

/** A delivery's context, and the way to abort its signal. */
export interface DeliveryContext {
  readonly context: WebhookContext<string | undefined>;
  abort(reason: Error): void;
}

function phoneOf(from: unknown): string | undefined {
  if (from === undefined) return undefined;
  const phone = typeof from === 'string' ? normalizePhone(from) : undefined;
  if (phone === undefined)
    throw new TypeError('context.phone: the event has a `from` that is no phone number.');
  return phone;
}

/** A plain object, so that `{ ...context }` and `({ signal, ...rest })` lose nothing. */
export function createContext(
  { event, timestamp, secretIndex }: VerifiedWebhook,
  deliveryKey: string,
  rawBody: Uint8Array,
  request: IncomingMessage | undefined,
): DeliveryContext {
  // Made for who looks at it: most handlers do not.
  let controller: AbortController | undefined;
  const abortion = (): AbortController => {
    controller ??= new AbortController();
    return controller;
  };
  const { from } = event;
  const context = {
    get phone() {
      return phoneOf(from);
    },
    deliveryKey,
    timestamp,
    secretIndex,
    rawBody,
    get signal() {
      return abortion().signal;
    },
    request,
  };
  return { context, abort: (reason) => abortion().abort(reason) };
}
