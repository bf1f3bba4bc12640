import type { QueueErrorCode } from '../protocol.ts';

const BRAND = Symbol.for('express-whatsapp-gateway.QueueError');

/** Why a call to a queue failed. It holds neither a phone number nor a text. */
export class QueueError extends Error {
  /** The class's name. */
  override readonly name = 'QueueError';
  /** Stable, made for programs. */
  readonly code: QueueErrorCode;
  /**
   * Which job it is about, as the queue's `add` knows it. After `queue_unavailable` nobody knows whether it was
   * queued: add the same message again with this id, and it is queued once.
   */
  readonly id: string | undefined;

  static {
    // On the prototype, where every copy of this package finds it and no logger prints it.
    Object.defineProperty(QueueError.prototype, BRAND, { value: true });
  }

  /** Made by the queues. `message` says for people what happened and what to do. */
  constructor(code: QueueErrorCode, message: string, { id, cause }: { id?: string; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.id = id;
  }
}

/**
 * Tells whether a value is a {@link QueueError}, also one of another copy of this package.
 *
 * @example
 * if (isQueueError(error) && error.code === 'queue_unavailable') retryLater(error.id);
 */
export function isQueueError(value: unknown): value is QueueError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

export function queueUnavailable(cause: unknown): QueueError {
  return new QueueError(
    'queue_unavailable',
    'Redis did not answer in time, or refused; its error is the cause.',
    {
      cause,
    },
  );
}

export function jobNotFound(id: string): QueueError {
  return new QueueError(
    'job_not_found',
    'There is no record with this id: it never was, or its time is over.',
    {
      id,
    },
  );
}

export function wrongState(id: string, advice: string): QueueError {
  return new QueueError('wrong_state', advice, { id });
}
