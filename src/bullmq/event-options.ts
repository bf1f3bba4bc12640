import { checkOptionNames, functionOption, integerOption, invalidOption } from '../options.ts';
import { DEFAULT_EVENT_QUEUE_NAME, DEFAULT_EVENT_TIMEOUT_MS, MAX_TIMER_MS } from '../protocol.ts';
import type {
  MessageReceivedEvent,
  MessageStatusUpdatedEvent,
  RecipientOptedOutEvent,
  WebhookEvent,
} from '../webhook/event.ts';
import type { WebhookHandler } from '../webhook/options.ts';
import type { QueuedEventContext } from './event-context.ts';
import {
  QUEUE_WORKER_OPTIONS,
  type QueueWorkerConfig,
  type QueueWorkerOptions,
  resolveQueueWorkerOptions,
} from './queue-options.ts';

/** The handlers of queued events: the middleware's, with another context. */
export interface QueuedEventHandlers {
  /** A customer wrote (`message.received`). @default `onEvent`, if there is one */
  onMessage?: WebhookHandler<MessageReceivedEvent, QueuedEventContext> | undefined;
  /**
   * A customer wants no more messages (`recipient.opted_out`): store it before you return.
   *
   * @default `onEvent`, if there is one
   */
  onOptOut?: WebhookHandler<RecipientOptedOutEvent, QueuedEventContext> | undefined;
  /** A sent message changed its state (`message.status_updated`). @default `onEvent`, if there is one */
  onStatus?: WebhookHandler<MessageStatusUpdatedEvent, QueuedEventContext<string | undefined>> | undefined;
  /** Anything that has no handler of its own. @default its outcome is `unhandled` */
  onEvent?: WebhookHandler<WebhookEvent, QueuedEventContext<string | undefined>> | undefined;
}

/** How a run of a queued event ended. It holds neither a phone number nor a text; `error` is what your handler threw. */
export interface QueuedEventOutcome {
  /** `handled`; `unhandled`: there is no handler for it; `retry`: it failed and is tried again; `dead`: it is given up. */
  readonly type: 'handled' | 'unhandled' | 'retry' | 'dead';
  /** What the event is called. */
  readonly event: string;
  /** What duplicates of the delivery are told by. */
  readonly deliveryKey: string;
  /** Which run it was, from 1. */
  readonly attempt: number;
  /** What the handler threw, where it did. */
  readonly error?: unknown;
}

/** What {@link createEventWorker} takes. */
export interface EventWorkerOptions extends QueueWorkerOptions, QueuedEventHandlers {
  /**
   * How many milliseconds a handler may take. Then `context.signal` is aborted and the run counts as failed; the next
   * may begin while a handler that does not listen to the signal is still at it.
   *
   * @default 60_000
   */
  handlerTimeoutMs?: number | undefined;
  /**
   * Hears how runs ended, once it is recorded: for logs and metrics. Its own errors go to `onError`.
   *
   * @default none
   */
  onOutcome?: ((outcome: QueuedEventOutcome) => void) | undefined;
}

/** {@link EventWorkerOptions}, resolved. */
export interface EventWorkerConfig extends QueueWorkerConfig {
  readonly handlers: Readonly<Required<QueuedEventHandlers>>;
  readonly handlerTimeoutMs: number;
  readonly onOutcome: ((outcome: QueuedEventOutcome) => void) | undefined;
}

const OWNER = 'createEventWorker';
const HANDLERS = [
  'onMessage',
  'onOptOut',
  'onStatus',
  'onEvent',
] as const satisfies (keyof QueuedEventHandlers)[];
const OPTIONS: readonly (keyof EventWorkerOptions)[] = [
  ...QUEUE_WORKER_OPTIONS,
  ...HANDLERS,
  'handlerTimeoutMs',
  'onOutcome',
];

/** @throws TypeError when an option does not exist or cannot be used. */
export function resolveEventWorkerOptions(options: Readonly<EventWorkerOptions>): EventWorkerConfig {
  checkOptionNames(OWNER, options, OPTIONS);
  if (HANDLERS.every((name) => options[name] === undefined)) {
    throw invalidOption(OWNER, 'onMessage', undefined, `Give at least one of ${HANDLERS.join(', ')}.`);
  }
  return {
    ...resolveQueueWorkerOptions(OWNER, options, DEFAULT_EVENT_QUEUE_NAME),
    handlers: {
      onMessage: functionOption(OWNER, 'onMessage', options.onMessage),
      onOptOut: functionOption(OWNER, 'onOptOut', options.onOptOut),
      onStatus: functionOption(OWNER, 'onStatus', options.onStatus),
      onEvent: functionOption(OWNER, 'onEvent', options.onEvent),
    },
    handlerTimeoutMs: integerOption(OWNER, 'handlerTimeoutMs', options.handlerTimeoutMs, {
      min: 1,
      max: MAX_TIMER_MS,
      fallback: DEFAULT_EVENT_TIMEOUT_MS,
      unit: 'milliseconds',
    }),
    onOutcome: functionOption(OWNER, 'onOutcome', options.onOutcome),
  };
}
