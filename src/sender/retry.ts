const DELTA_SECONDS = /^\d{1,12}$/u;
// The three forms of RFC 9110, section 5.6.7: Sun, 06 Nov 1994 08:49:37 GMT; Sunday, 06-Nov-94 08:49:37 GMT;
// Sun Nov  6 08:49:37 1994.
const IMF_FIXDATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/u;
const RFC_850_DATE = /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/u;
const ASCTIME_DATE = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/u;
const SECOND_MS = 1_000;

/** How long to wait between two tries, in milliseconds. */
export interface RetryTiming {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
}

/**
 * How long to wait before a try: a random time up to a bound that doubles with every try ("full jitter"), so that
 * many senders which lost their connection together do not come back together.
 *
 * @param retry Which retry it is, from 1.
 * @param random A number from 0 to under 1.
 */
export function retryDelayMs(
  retry: number,
  { minDelayMs, maxDelayMs }: RetryTiming,
  random: () => number = Math.random,
): number {
  return random() * Math.min(maxDelayMs, minDelayMs * 2 ** (retry - 1));
}

/**
 * What `Retry-After` asks for, in milliseconds from `now`: seconds, or an HTTP date (a past one is 0).
 *
 * @returns `undefined` for anything else.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (DELTA_SECONDS.test(text)) return Number(text) * SECOND_MS;
  const time = parseHttpDate(text);
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}

function parseHttpDate(text: string): number {
  if (IMF_FIXDATE.test(text) || RFC_850_DATE.test(text)) return Date.parse(text);
  return ASCTIME_DATE.test(text) ? Date.parse(`${text} GMT`) : Number.NaN;
}
