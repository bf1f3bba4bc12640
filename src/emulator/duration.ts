import { invalidOption } from '../options.ts';

const DURATION = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/u;
const SECOND_MS = 1_000;
const MINUTE_MS: number = 60 * SECOND_MS;
const HOUR_MS: number = 60 * MINUTE_MS;
const DAY_MS: number = 24 * HOUR_MS;
const units = new Map([
  ['ms', 1],
  ['s', SECOND_MS],
  ['m', MINUTE_MS],
  ['h', HOUR_MS],
  ['d', DAY_MS],
]);

/**
 * Reads a duration: milliseconds as a number, or a text with its unit, such as `90s`, `5m`, `25h`, `2d` and `250ms`.
 *
 * @returns milliseconds.
 * @throws TypeError for anything else, a negative one included.
 */
export function parseDuration(owner: string, option: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  const [, amount, unit = ''] = (typeof value === 'string' && DURATION.exec(value)) || [];
  const unitMs = units.get(unit);
  if (amount !== undefined && unitMs !== undefined) return Math.round(Number(amount) * unitMs);
  throw invalidOption(
    owner,
    option,
    value,
    "Give milliseconds, or a text such as '90s', '5m', '25h' or '2d'.",
  );
}
