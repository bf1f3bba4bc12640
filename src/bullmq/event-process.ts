import type { WebhookEvent } from '../webhook/event.ts';
import { chooseHandler } from '../webhook/handler.ts';
import type { Handlers, WebhookHandler } from '../webhook/options.ts';
import { EventContext } from './event-context.ts';
import { isEventJobData } from './event-job.ts';
import type { QueuedEventHandlers } from './event-options.ts';

/** Ends a run of a job. BullMQ keeps the message in the record, so nothing that a handler threw is in it. */
export class EventFailure extends Error {
  /** BullMQ knows by the name that a job must not be tried again. */
  override readonly name: string;
  /** What the handler threw; never leaves this process. */
  readonly error: unknown;

  constructor(code: EventFailureCode, isLast: boolean, error?: unknown) {
    super(code);
    this.name = isLast ? 'UnrecoverableError' : 'EventFailure';
    this.error = error;
  }
}

/** Why a run of a queued event failed. */
export type EventFailureCode = 'handler_failed' | 'handler_timeout' | 'interrupted' | 'invalid_job';

/** As much of a job as handling needs. */
export interface EventJob {
  readonly data: unknown;
  readonly attemptsMade: number;
  readonly attemptsStarted: number;
}

/** What handling a job needs. */
export interface EventProcess {
  readonly handlers: Readonly<Required<QueuedEventHandlers>>;
  readonly attempts: number;
  readonly timeoutMs: number;
  /** Aborted when the worker has to end. */
  readonly signal: AbortSignal;
}

/** What is kept of an event that is done. */
export type EventDone = 'handled' | 'unhandled';

/**
 * Runs the handler for an event.
 *
 * @throws EventFailure where it failed, took too long, or was ended.
 */
export async function processEvent(process: EventProcess, job: EventJob): Promise<EventDone> {
  const { data, attemptsMade, attemptsStarted } = job;
  if (!isEventJobData(data)) throw new EventFailure('invalid_job', true);
  // Chosen by the event alone; which context the handlers take makes no difference to it.
  const handler = chooseHandler(process.handlers as unknown as Handlers, data.event);
  if (handler === undefined) return 'unhandled';
  const isLast = attemptsMade + 1 >= process.attempts;

  const stop = new AbortController();
  const run = handler.run as unknown as WebhookHandler<WebhookEvent, EventContext>;
  const handled = (async () => run(data.event, new EventContext(data, attemptsStarted, stop.signal)))();
  const stopped = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason), { once: true });
  });
  const onEnding = (): void => stop.abort(new EventFailure('interrupted', false));
  const timer = setTimeout(() => stop.abort(new EventFailure('handler_timeout', isLast)), process.timeoutMs);
  process.signal.addEventListener('abort', onEnding, { once: true });
  if (process.signal.aborted) onEnding();
  try {
    await Promise.race([handled, stopped]);
    return 'handled';
  } catch (error) {
    throw error === stop.signal.reason && error instanceof EventFailure
      ? error
      : new EventFailure('handler_failed', isLast, error);
  } finally {
    clearTimeout(timer);
    process.signal.removeEventListener('abort', onEnding);
    // What a handler throws after its time is heard by nobody.
    stopped.catch(() => undefined);
    handled.catch(() => undefined);
  }
}
