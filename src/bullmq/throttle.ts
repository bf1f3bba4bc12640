import { DEFAULT_THROTTLE_MS, FAIR_USE_MARGIN_MS, MAX_THROTTLE_MS, MIN_THROTTLE_MS } from '../protocol.ts';
import type { SendError } from '../sender/errors.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** Whether the gateway asks to send less: also by the status 429 with a code nobody knows. */
export function isThrottled({ name, code }: SendError): boolean {
  return name === 'SendThrottledError' || code === 'sending_throttled';
}

/**
 * When a fair-use limit of a day is free again, in milliseconds since 1970: a minute after the next midnight UTC.
 * That the gateway's day is UTC's is assumed.
 */
export function nextFairUseDay(now: number): number {
  return (Math.floor(now / DAY_MS) + 1) * DAY_MS + FAIR_USE_MARGIN_MS;
}

/** One answer that makes no sense must neither stop the queue for ever nor let it run hot. */
function withinReason(ms: number): number {
  return Math.min(MAX_THROTTLE_MS, Math.max(MIN_THROTTLE_MS, ms));
}

/**
 * How long a throttled queue pauses: as long as the gateway asks; where it does not say, until the day turns if a
 * limit is used up, and else a minute.
 *
 * @param fairUseResetsAt When a limit that is used up now is free again, in milliseconds since 1970.
 */
export function throttleMs(
  { retryAfterMs, details: { limit, used } }: Pick<SendError, 'retryAfterMs' | 'details'>,
  now: number,
  fairUseResetsAt: (now: number) => number,
): number {
  if (retryAfterMs !== undefined) return withinReason(retryAfterMs);
  if (limit === undefined || used === undefined || used < limit) return DEFAULT_THROTTLE_MS;
  const ms = fairUseResetsAt(now) - now;
  return Number.isFinite(ms) ? withinReason(ms) : DEFAULT_THROTTLE_MS;
}
