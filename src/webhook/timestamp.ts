const UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/u;
const WITH_OFFSET = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)([+-]\d{2}):?(\d{2})$/u;
const UNIX_SECONDS = /^\d{9,10}$/u;
const UNIX_MILLISECONDS = /^\d{12,13}$/u;

/** In the one form that `Date` reads the same everywhere. */
function toIso(text: string): string | undefined {
  if (UTC.test(text)) return text;
  const parts = WITH_OFFSET.exec(text);
  return parts === null ? undefined : `${parts[1]}${parts[2]}:${parts[3]}`;
}

/**
 * Reads the timestamp header. The contract has one example in ISO 8601; the other forms are assumed: Unix seconds
 * (9 or 10 digits) and milliseconds (12 or 13 digits), both good from 1973 to 2286.
 *
 * @returns `undefined` for anything else: a time without a zone, trailing letters.
 */
export function parseTimestamp(text: string): Date | undefined {
  const iso = toIso(text);
  if (iso !== undefined) {
    const date = new Date(iso);
    return Number.isNaN(date.getTime()) ? undefined : date;
  }
  if (UNIX_SECONDS.test(text)) return new Date(Number(text) * 1_000);
  return UNIX_MILLISECONDS.test(text) ? new Date(Number(text)) : undefined;
}
