const DATE_LENGTH = 10;
const TIME_START = 11;
const TIME_END = 19;
const SECOND_MS = 1_000;
const MINUTE_MS: number = 60 * SECOND_MS;
const HOUR_MINUTES = 60;

/** The time of day of an ISO timestamp, in UTC: daily limits and signatures go by it. */
export function timeOfDay(at: string): string {
  return at.slice(TIME_START, TIME_END);
}

export function dayOf(at: string): string {
  return at.slice(0, DATE_LENGTH);
}

/** A span for a human: 800 ms, 1.2 s, 25 h. */
export function spanText(ms: number): string {
  const sign = ms < 0 ? '−' : '';
  const size = Math.abs(ms);
  if (size < SECOND_MS) return `${sign}${Math.round(size)} ms`;
  if (size < MINUTE_MS) return `${sign}${(size / SECOND_MS).toFixed(1)} s`;
  const wholeMinutes = Math.round(size / MINUTE_MS);
  const hours = Math.floor(wholeMinutes / HOUR_MINUTES);
  const minutes = wholeMinutes % HOUR_MINUTES;
  const parts = [hours > 0 ? `${hours} h` : '', minutes > 0 ? `${minutes} min` : ''].filter(Boolean);
  return sign + parts.join(' ');
}
