import { normalizePhone } from '../phone.ts';
import type { WebhookContext } from '../webhook/context.ts';
import type { EventJobData } from './event-job.ts';

/** What a handler of queued events gets beside the event: of the delivery what survives the queue. */
export interface QueuedEventContext<Phone extends string | undefined = string>
  extends Pick<WebhookContext<Phone>, 'phone' | 'deliveryKey' | 'timestamp' | 'secretIndex' | 'signal'> {
  /** Which run it is, from 1: from 2 on an earlier one failed or was interrupted, and may have done a part. */
  readonly attempt: number;
}

/** What only few handlers read is made when it is read. */
export class EventContext implements QueuedEventContext<string | undefined> {
  readonly deliveryKey: string;
  readonly timestamp: Date;
  readonly secretIndex: number;
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly #from: unknown;

  constructor(
    { event, deliveryKey, timestamp, secretIndex }: EventJobData,
    attempt: number,
    signal: AbortSignal,
  ) {
    this.deliveryKey = deliveryKey;
    this.timestamp = new Date(timestamp);
    this.secretIndex = secretIndex;
    this.attempt = attempt;
    this.signal = signal;
    this.#from = event.from;
  }

  get phone(): string | undefined {
    if (this.#from === undefined) return undefined;
    const phone = typeof this.#from === 'string' ? normalizePhone(this.#from) : undefined;
    if (phone === undefined)
      throw new TypeError('context.phone: the event has a `from` that is no phone number.');
    return phone;
  }
}
