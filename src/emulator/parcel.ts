import { types } from 'node:util';
import { EMULATOR_PREFIX } from '../protocol.ts';
import type { DeliverConfig } from './deliver-options.ts';
import type { DeliveryAttempt, DeliveryOrigin, DeliveryState, WebhookDelivery } from './model.ts';
import { parseObject } from './rules.ts';
import type { ScheduledJob } from './schedule.ts';

/** What to deliver, and how. */
export interface Order<Event extends object | string = object | string> {
  readonly event: Event;
  readonly config: DeliverConfig;
  readonly origin: DeliveryOrigin;
  readonly resendOf?: string;
  /** The attempt whose very bytes and headers are sent again, instead of signing anew. */
  readonly exact?: DeliveryAttempt;
}

/** A delivery with what only its deliverer may change. */
export interface Parcel<Event extends object | string = object | string> {
  readonly order: Order<Event>;
  /** What users get. */
  readonly delivery: WebhookDelivery<Event>;
  readonly attempts: DeliveryAttempt[];
  /** The waits before further attempts that are left. */
  delaysMs: readonly number[];
  /** What waits for its time: a retry, or an attempt that a fault delays. */
  job: ScheduledJob | undefined;
  /** Ends looking for an app that was not there. */
  stopWatching: () => void;
  /** Whether an attempt is under way, or waits for its turn. */
  isUnderWay: boolean;
  /** Whether the emulator was reset or closed: nothing more is sent. */
  isStopped: boolean;
  /** Resolves `delivery.settled()`. */
  settle(state: Exclude<DeliveryState, 'pending'>): void;
  /** Resolves `attempted`, or rejects it. */
  release(error?: unknown): void;
  /** Resolves once the first attempt has ended, or a fault drops it or holds it; rejects where it cannot be signed. */
  readonly attempted: Promise<void>;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function fieldsOf(event: object | string): { readonly [name: string]: unknown } {
  const isLiteral = typeof event === 'string' || types.isUint8Array(event);
  return isLiteral ? (parseObject(Buffer.from(event)) ?? {}) : { ...event };
}

function createSignal(): { readonly promise: Promise<void>; readonly resolve: (error?: unknown) => void } {
  let resolve: (error?: unknown) => void = () => undefined;
  const promise = new Promise<void>((fulfil, reject) => {
    resolve = (error) => (error === undefined ? fulfil() : reject(error));
  });
  // Who does not wait for it must not end with an unhandled rejection.
  promise.catch(() => undefined);
  return { promise, resolve };
}

/** Makes a delivery of which nothing is sent yet. */
export function createParcel<Event extends object | string>(
  number: number,
  at: Date,
  order: Order<Event>,
): Parcel<Event> {
  const { event, from, message_text: text } = fieldsOf(order.event);
  const attempts: DeliveryAttempt[] = [];
  const attempted = createSignal();
  const settled = createSignal();
  let state: DeliveryState = 'pending';

  const parcel: Parcel<Event> = {
    order,
    attempts,
    delaysMs: order.config.retryDelaysMs,
    job: undefined,
    stopWatching: () => undefined,
    isUnderWay: false,
    isStopped: false,
    settle(end) {
      state = end;
      settled.resolve();
    },
    release: attempted.resolve,
    attempted: attempted.promise,
    delivery: {
      id: `${EMULATOR_PREFIX}del_${number}`,
      at,
      event: order.event,
      eventName: textOf(event),
      from: textOf(from),
      text: textOf(text),
      origin: order.origin,
      resendOf: order.resendOf,
      get state() {
        return state;
      },
      get attempts() {
        return [...attempts];
      },
      get nextAttemptAt() {
        return parcel.job === undefined ? undefined : new Date(parcel.job.dueAt);
      },
      get headers() {
        return attempts[0]?.requestHeaders ?? {};
      },
      get rawBody() {
        return attempts[0]?.rawBody ?? Buffer.alloc(0);
      },
      async settled() {
        await settled.promise;
        return parcel.delivery;
      },
    },
  };
  return parcel;
}
