import type { WebhookError } from './errors.ts';

/**
 * How one request ended. It holds no phone number and no text, as far as it is ours to say: `error.cause` is whatever
 * your handler threw, `deliveryKey` whatever your option made.
 */
export interface WebhookOutcome {
  /**
   * `handled`: the handler is done. `unhandled`: no handler for this event. `duplicate`: a copy of a
   * delivery that is handled or being handled. `rejected`: the sender's fault. `failed`: ours. `timed_out`: the
   * handler was too slow.
   */
  readonly type: 'handled' | 'unhandled' | 'duplicate' | 'rejected' | 'failed' | 'timed_out';
  /** The HTTP status that is answered. */
  readonly status: number;
  /** Why it was not handled; or, with `handled`, why the store could not remember that it was. */
  readonly error?: WebhookError;
  /** The event's name, once the signature held. */
  readonly event?: string;
  /** When the gateway signed it, once the signature held. */
  readonly timestamp?: Date;
  /** What duplicates are told by, once it was worked out. */
  readonly deliveryKey?: string;
  /** Which secret signed it: when no delivery has the old one's any more, the old one can go. */
  readonly secretIndex?: number;
  /** From the request's headers to its answer, in milliseconds. */
  readonly durationMs: number;
}
