import { isSendError, type SendError } from '../sender/errors.ts';
import { isThrottled } from './throttle.ts';

/** What a failed send means for its job. */
export type Verdict =
  /** Nothing was sent, and it may work later. */
  | { readonly type: 'retry'; readonly code: string; readonly retryAfterMs: number | undefined }
  /** Nothing was sent, and the gateway wants a pause. */
  | { readonly type: 'throttled'; readonly code: string; readonly error: SendError }
  /** Nothing was sent, and the same send fails again. */
  | { readonly type: 'refused'; readonly code: string }
  /** Nobody knows. */
  | { readonly type: 'unknown'; readonly code: string };

/** Ends from outside: nothing is wrong with the message. */
const ENDED: ReadonlySet<string> = new Set(['aborted', 'sender_closed']);

/** Judges what a sender threw. Whatever is no proof that nothing was sent counts as unknown. */
export function judge(error: unknown): Verdict {
  if (!isSendError(error)) return { type: 'unknown', code: 'unexpected_error' };
  const { code, outcome, retryable, retryAfterMs } = error;
  if (outcome !== 'not_sent') return { type: 'unknown', code };
  if (isThrottled(error)) return { type: 'throttled', code, error };
  if (retryable || ENDED.has(code)) return { type: 'retry', code, retryAfterMs };
  return { type: 'refused', code };
}
