import { inTime } from '../in-time.ts';
import {
  MESSAGE_RECEIVED,
  MESSAGE_STATUS_UPDATED,
  RECIPIENT_OPTED_OUT,
  webhookErrorStatuses,
} from '../protocol.ts';
import { DeliveryContext, type WebhookContext } from './context.ts';
import { handlerFailed, handlerTimeout, isWebhookError, type WebhookError } from './errors.ts';
import type { WebhookEvent } from './event.ts';
import type { Handlers, WebhookHandler } from './options.ts';

/** The handler for an event, with the name of its option. */
export interface ChosenHandler {
  readonly name: keyof Handlers;
  readonly run: WebhookHandler<WebhookEvent, WebhookContext<string | undefined>>;
}

const ownHandlers = new Map<string, keyof Handlers>([
  [MESSAGE_RECEIVED, 'onMessage'],
  [RECIPIENT_OPTED_OUT, 'onOptOut'],
  [MESSAGE_STATUS_UPDATED, 'onStatus'],
]);

/** An event's own handler, else `onEvent`, else `undefined`. */
export function chooseHandler(handlers: Handlers, { event }: WebhookEvent): ChosenHandler | undefined {
  const own = ownHandlers.get(event) ?? 'onEvent';
  const name = handlers[own] === undefined ? 'onEvent' : own;
  const run = handlers[name] as WebhookHandler<WebhookEvent, WebhookContext<string | undefined>> | undefined;
  return run === undefined ? undefined : { name, run };
}

/** How a run ended in the time it had. `late` settles when the handler at last does. */
export type HandlerResult =
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly error: WebhookError }
  | { readonly type: 'timed_out'; readonly error: WebhookError; readonly late: Promise<HandlerResult> };

/** A handler that only stores the delivery, such as an event queue's, asks with this for 503 instead of 500. */
function isStoreDown(cause: unknown): cause is WebhookError {
  if (!isWebhookError(cause) || cause.code !== 'store_unavailable') return false;
  // The status reaches the wire, and a handler's own must not.
  return cause.status === webhookErrorStatuses.store_unavailable;
}

const DONE: HandlerResult = { type: 'done' };

function isThenable(value: unknown): value is PromiseLike<unknown> {
  const mayBe = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return mayBe && 'then' in value && typeof value.then === 'function';
}

/** Runs a handler and never rejects or throws, whatever it does; a promise only where the handler answers one. */
export function runHandler(
  { name, run }: ChosenHandler,
  event: WebhookEvent,
  context: DeliveryContext,
  timeoutMs: number,
): Promise<HandlerResult> | HandlerResult {
  const failed = (cause: unknown): HandlerResult => ({
    type: 'failed',
    error: isStoreDown(cause) ? cause : handlerFailed(name, cause),
  });
  let running: unknown;
  try {
    running = run(event, context);
    if (!isThenable(running)) return DONE;
  } catch (cause) {
    return failed(cause);
  }
  const settled = Promise.resolve(running).then(() => DONE, failed);
  return inTime<HandlerResult>(settled, timeoutMs, () => {
    const error = handlerTimeout(name, timeoutMs);
    DeliveryContext.abort(context, error);
    return { type: 'timed_out', error, late: settled };
  });
}
