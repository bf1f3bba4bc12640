import { SIGNATURE_PREFIX } from '../protocol.ts';

/**
 * What happens to a right signature before it is sent: `wrong` keeps its form but not its value, `truncated` drops
 * its last two characters, `missing` leaves the header out, and a function answers any other text.
 */
export type SignatureTampering = 'wrong' | 'truncated' | 'missing' | ((signature: string) => string);

/** Drops two characters: still whole bytes, but too few of them. */
const TRUNCATED_BY = 2;
const HEX_DIGITS_MAX = 0xf;
const HEX_DIGIT = /[0-9a-f]/gu;

function complement(digit: string): string {
  return (HEX_DIGITS_MAX - Number.parseInt(digit, 16)).toString(16);
}

/** Answers the signature header's text to send, or `undefined` for none. */
export function tamperWithSignature(
  signature: string,
  tampering: SignatureTampering | undefined,
): string | undefined {
  if (typeof tampering === 'function') return tampering(signature);
  if (tampering === 'missing') return undefined;
  if (tampering === 'truncated') return signature.slice(0, -TRUNCATED_BY);
  if (tampering === 'wrong') {
    return SIGNATURE_PREFIX + signature.slice(SIGNATURE_PREFIX.length).replace(HEX_DIGIT, complement);
  }
  return signature;
}
