import type { AttemptJson } from '../../control/json-types.ts';
import { firstDifference } from './text-difference.ts';

/** How far off the receivers of this package let a timestamp be, unless told otherwise. */
const TOLERANCE_SECONDS = 300;

/** What a receiver should make of an attempt's signature. */
export type SignatureVerdict =
  | 'right'
  | 'no-timestamp'
  | 'missing'
  | 'too-short'
  | 'different'
  | 'too-old'
  | 'too-new';

/** What the app's answer says about its own check, where the two do not agree. */
export type CheckVerdict = 'agrees' | 'refused-right' | 'refused-moved' | 'accepted-wrong' | 'unknown';

/** As much of an attempt as tells what the app made of it. */
export type CheckedAttempt = Pick<AttemptJson, 'at' | 'response'>;

const SECOND_MS = 1_000;
const UNAUTHORIZED = 401;
const LEAST_NOT_OK = 300;

export function judgeSignature({
  timestampHeader,
  expected,
  sent,
  ageSeconds,
}: AttemptJson['signature']): SignatureVerdict {
  if (timestampHeader === null) return 'no-timestamp';
  if (sent === null) return 'missing';
  if (sent.length < expected.length && expected.startsWith(sent)) return 'too-short';
  if (firstDifference(sent, expected) !== null) return 'different';
  if (ageSeconds !== null && ageSeconds > TOLERANCE_SECONDS) return 'too-old';
  if (ageSeconds !== null && ageSeconds < -TOLERANCE_SECONDS) return 'too-new';
  return 'right';
}

/**
 * Holds the app's answer against the verdict: a 401 to a right signature, a 200 to a wrong one. The app has a clock of
 * its own: an attempt from a time that is still to come was made with the emulator's clock moved, and is no recent one
 * to the app.
 */
export function judgeCheck(verdict: SignatureVerdict, attempt: CheckedAttempt, now: number): CheckVerdict {
  const { at, response } = attempt;
  if (response === null) return 'unknown';
  const ahead = Date.parse(at) - now > TOLERANCE_SECONDS * SECOND_MS;
  const refused = ahead ? 'refused-moved' : 'refused-right';
  if (verdict === 'right') return response.status === UNAUTHORIZED ? refused : 'agrees';
  return response.status < LEAST_NOT_OK ? 'accepted-wrong' : 'agrees';
}
