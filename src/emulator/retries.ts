import { checkOptionNames, integerOption, invalidOption } from '../options.ts';
import { EMULATOR_ATTEMPTS, EMULATOR_RETRY_DELAYS_MS, MAX_EMULATOR_ATTEMPTS } from './limits.ts';

/** How a failed attempt to deliver is tried again. The gateway's own schedule is unknown: all of it is assumed. */
export interface RetryOptions {
  /** How often a delivery is tried at the most, the first time included: 1 to 100. @default 5 */
  attempts?: number;
  /**
   * How long to wait before the second attempt, the third and so on, in milliseconds of the emulator's clock; the
   * last one counts for all further ones.
   *
   * @default [5_000, 30_000, 120_000, 600_000]
   */
  delaysMs?: readonly number[];
}

const OPTIONS = ['attempts', 'delaysMs'] as const satisfies (keyof RetryOptions)[];

/**
 * The waits before each further attempt, one for each.
 *
 * @throws TypeError when an option is unknown or cannot be used.
 */
export function resolveRetries(owner: string, value: unknown): readonly number[] {
  if (value === false) return [];
  const name = `${owner}: option retries`;
  const retries: unknown = value ?? {};
  checkOptionNames(name, retries, OPTIONS);
  const { attempts: count, delaysMs = EMULATOR_RETRY_DELAYS_MS } = retries as RetryOptions;
  const bounds = { min: 1, max: MAX_EMULATOR_ATTEMPTS, fallback: EMULATOR_ATTEMPTS, unit: 'attempts' };
  const attempts = integerOption(name, 'attempts', count, bounds);
  const isUsable =
    Array.isArray(delaysMs) && delaysMs.length > 0 && delaysMs.every((ms) => Number.isFinite(ms) && ms >= 0);
  if (!isUsable) throw invalidOption(name, 'delaysMs', delaysMs, 'Give milliseconds, one number at least.');
  return Array.from({ length: attempts - 1 }, (_, index) => delaysMs[index] ?? delaysMs.at(-1) ?? 0);
}
