const ARABIC_INDIC_DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/gu;
const WHATSAPP_SUFFIX = /(?::\d{1,4})?@[^@]*$/u;
/** A linked id, a group, a list: digits that name no phone number. */
const NO_PHONE = /@(?:lid|g\.us|broadcast|newsletter)$/iu;
const PUNCTUATION = /[\s\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069()[\]\-\u2010-\u2015.]/gu;
const INTERNATIONAL_PREFIX = /^(?:\+|00)/u;
const E164 = /^\+[1-9]\d{6,14}$/u;

/** The last four bits of an Arabic-Indic (U+0660…) or extended Arabic-Indic (U+06F0…) digit are its value. */
function toAsciiDigit(digit: string): string {
  return String(digit.charCodeAt(0) & 0xf);
}

/**
 * Brings an international phone number to E.164 with a plus sign, so that one person has one spelling: the
 * gateway writes the same number as `+9665XXXXXXXX` and as `9665XXXXXXXX`.
 *
 * Spaces, dashes, dots, brackets and invisible marks (text direction, zero width) are dropped, a leading `+` or `00` and an
 * `@…` suffix as WhatsApp writes it too, and Arabic-Indic digits become ASCII ones. What WhatsApp writes for a linked id,
 * a group or a list (`…@lid`, `…@g.us`) is no phone number. It knows no national formats
 * (`05…` is not a Saudi number to it): pass your own function where you need them.
 *
 * @returns `+` and 7 to 15 digits that do not begin with 0, or `undefined` when it cannot be such a number.
 *
 * @example
 * normalizePhone('966 50-123-4567'); // '+966501234567'
 * normalizePhone('٠٠٩٦٦٥٠١٢٣٤٥٦٧'); // '+966501234567'
 * normalizePhone('0501234567'); // undefined
 */
export function normalizePhone(phone: string): string | undefined {
  if (typeof phone !== 'string') return undefined;
  // Most come like this, and all that follows costs more than the rest of a send's checks.
  if (E164.test(phone)) return phone;
  if (NO_PHONE.test(phone)) return undefined;
  const digits = phone
    .replace(WHATSAPP_SUFFIX, '')
    .replace(PUNCTUATION, '')
    .replace(ARABIC_INDIC_DIGITS, toAsciiDigit)
    .replace(INTERNATIONAL_PREFIX, '');
  const normalized = `+${digits}`;
  return E164.test(normalized) ? normalized : undefined;
}
