const ISO_8601 = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)(?:Z|([+-]\d{2}):?(\d{2}))$/u;
const UNIX_SECONDS = /^\d{9,10}$/u;
const UNIX_MILLISECONDS = /^\d{12,13}$/u;

/**
 * Reads the timestamp header. The contract has one example in ISO 8601; the other forms are assumed: Unix seconds
 * (9 or 10 digits) and milliseconds (12 or 13 digits), both good from 1973 to 2286.
 *
 * @returns milliseconds since 1970, or `undefined` for anything else: a time without a zone, trailing letters.
 */
export function parseTimestamp(text: string): number | undefined {
  if (UNIX_SECONDS.test(text)) return Number(text) * 1_000;
  if (UNIX_MILLISECONDS.test(text)) return Number(text);
  const iso = ISO_8601.exec(text);
  if (iso === null) return undefined;
  const [, local, offsetHours, offsetMinutes] = iso;
  const milliseconds = Date.parse(
    offsetHours === undefined ? `${local}Z` : `${local}${offsetHours}:${offsetMinutes}`,
  );
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
