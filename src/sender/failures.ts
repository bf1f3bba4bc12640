import type { Stop } from './deadline.ts';
import {
  SendAbortedError,
  SendConnectionError,
  SendError,
  type SendOutcome,
  SendSuppressedError,
  SendTimeoutError,
} from './errors.ts';
import { type Mask, maskError } from './mask.ts';
import { UNKNOWN_ADVICE } from './response.ts';

const SAFE_ADVICE = 'not sent: safe to send again';

/** What is known of a send when it fails without an answer. */
export interface FailureContext {
  readonly attempts: number;
  /** Whether the hook before the write ran: the only proof there is. */
  readonly written: boolean;
  readonly mask: Mask;
}

function outcomeOf(written: boolean): SendOutcome {
  return written ? 'unknown' : 'not_sent';
}

/** No connection, or one that broke before an answer came. */
export function connectionFailed(error: unknown, { attempts, written, mask }: FailureContext): SendError {
  const text = written
    ? 'The connection broke before the gateway answered.'
    : 'The gateway cannot be reached.';
  return new SendConnectionError(`${text} [${written ? UNKNOWN_ADVICE : SAFE_ADVICE}]`, {
    code: 'connection_failed',
    outcome: outcomeOf(written),
    retryable: true,
    attempts,
    cause: maskError(error, mask),
  });
}

/**
 * A send that had to end before it was done.
 *
 * @param cause The caller's own reason for `aborted`; the last error of a connection, if any, for `timeout`.
 */
export function stopped(
  stop: Stop,
  timeoutMs: number,
  { attempts, written }: FailureContext,
  cause: unknown,
): SendError {
  const outcome = outcomeOf(written);
  if (stop === 'timeout') {
    return new SendTimeoutError(
      `The send took longer than ${timeoutMs} ms. [${written ? UNKNOWN_ADVICE : SAFE_ADVICE}]`,
      { code: 'timeout', outcome, retryable: true, attempts, cause },
    );
  }
  const text = stop === 'aborted' ? 'The send was aborted.' : 'The sender was closed.';
  return new SendAbortedError(`${text} [${written ? UNKNOWN_ADVICE : 'not sent'}]`, {
    code: stop === 'aborted' ? 'aborted' : 'sender_closed',
    outcome,
    attempts,
    cause,
  });
}

/** A send that came after the sender was closed. */
export function senderClosed(): SendError {
  return new SendAbortedError('The sender is closed. [not sent: send with a new one]', {
    code: 'sender_closed',
    outcome: 'not_sent',
  });
}

/** A recipient whom the caller's own records name as suppressed. */
export function suppressed(attempts: number): SendError {
  return new SendSuppressedError(
    'isSuppressed says that this recipient must not be written to. [not sent: do not send to them]',
    { code: 'recipient_suppressed', outcome: 'not_sent', attempts },
  );
}

/** What it is, and never the value itself: it may be a row of the caller's users. */
function kindOf(answer: unknown): string {
  if (answer === undefined) return 'undefined (is there a return?)';
  if (answer === null) return 'null';
  return Array.isArray(answer) ? 'an array (is it empty?)' : `something of type ${typeof answer}`;
}

/** `isSuppressed` failed, or answered neither true nor false. */
export function suppressionCheckFailed(attempts: number, cause?: unknown, answer?: unknown): SendError {
  const text =
    cause === undefined
      ? `isSuppressed must answer true or false, and answered ${kindOf(answer)}.`
      : 'isSuppressed failed; its error is the cause.';
  return new SendError(`${text} [not sent: safe to send again once it works]`, {
    code: 'suppression_check_failed',
    outcome: 'not_sent',
    retryable: true,
    attempts,
    cause,
  });
}
