/**
 * National numbers, such as `0501234567`, brought to E.164 with libphonenumber-js.
 *
 * ```ts
 * const toE164 = nationalNumbers('SA');
 * const sender = createSender({ normalizePhone: toE164, isSuppressed: optOuts.has });
 *
 * // And at sign-up, so that the table has one spelling for each person:
 * const phone = toE164(form.phone);
 * if (phone === undefined) throw new UserError('That is no phone number.');
 * ```
 *
 * Pitfalls:
 * - The package's own `normalizePhone` knows no country: `0501234567` is refused, and `501234567`, which many people type,
 *   is taken for a number in Belize (+501). Where such numbers are in your table, use this one.
 * - libphonenumber-js alone reads the gateway's `201001234567` (Egypt, with no plus sign) as a Saudi number that cannot be.
 *   Here what is no number of your country is tried as an international one.
 * - `isPossible()` looks at the length alone; `isValid()` of `libphonenumber-js/max` knows the real ranges. They change:
 *   update the library, or new numbers are refused.
 * - Opt-outs need none of this: `context.phone` is E.164 already. Do not run it through a national parser again.
 */
import { normalizePhone } from 'express-whatsapp-gateway';
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';

/** Makes a function that reads numbers as people in that country write them, and those of all other countries. */
export function nationalNumbers(country: CountryCode): (phone: string) => string | undefined {
  return function toE164(phone) {
    const national = parsePhoneNumberFromString(phone, country);
    if (national?.isValid()) return national.number;
    const international = parsePhoneNumberFromString(normalizePhone(phone) ?? '');
    return international?.isValid() ? international.number : undefined;
  };
}
