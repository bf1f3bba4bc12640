/**
 * How a delivery's JSON is written; the gateway's own encoder is not known.
 *
 * - `php`: as PHP's `json_encode` does by default, `/` as `\/` and all but ASCII as lower-case `\uXXXX`. Such a body
 *   does not survive parse and re-stringify, so a receiver that signs anything but the raw bytes fails at once.
 * - `js`: as `JSON.stringify` does, compact and in UTF-8.
 * - `pretty`: over several lines with four spaces, in UTF-8.
 */
export type BodyStyle = 'php' | 'js' | 'pretty';

/** Every {@link BodyStyle}. */
export const bodyStyles: readonly BodyStyle[] = ['php', 'js', 'pretty'];

const PRETTY_INDENT = 4;
const SLASH = /\//gu;
// Without the u flag on purpose: PHP escapes each half of a surrogate pair by itself.
const NON_ASCII_UNIT = /[\u0080-\uffff]/g;

function toEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Writes a value as JSON bytes in one of the styles a gateway may use. */
export function encodeBody(value: object, style: BodyStyle): Buffer {
  if (style === 'pretty') return Buffer.from(JSON.stringify(value, null, PRETTY_INDENT), 'utf8');
  const json = JSON.stringify(value);
  if (style === 'js') return Buffer.from(json, 'utf8');
  return Buffer.from(json.replace(SLASH, '\\/').replace(NON_ASCII_UNIT, toEscape), 'ascii');
}
