import type { AdviceTexts } from './texts.ts';

/** Why a bad delivery is taken. */
export type RefusedTopic = 'signature' | 'exact-compare' | 'signed-timestamp' | 'tolerance' | 'crash-on-bad';

/** Bad deliveries that were taken. */
export const refusedAdvice: Readonly<Record<RefusedTopic, AdviceTexts>> = {
  signature: {
    general:
      'Anybody who finds the address can forge messages and opt-outs. Check X-WhatsApp-Gateway-Signature before ' +
      'anything else: sha256= and hex(HMAC-SHA256(secret, timestamp header + "." + raw body)), compared in constant ' +
      'time; answer 401 where it is missing or differs.',
    express:
      'Anybody who finds the address can forge messages and opt-outs. Check the signature over the raw body before ' +
      "anything else, or let this package do it: app.post('{path}', whatsappGatewayWebhook({ secret, onMessage })).",
  },
  'exact-compare': {
    general:
      'Compare the whole header with exactly sha256= and 64 lower-case hex digits, without changing its case, ' +
      'cutting it or decoding it first (decoders stop at junk): Python hmac.compare_digest, PHP hash_equals.',
    express:
      'Test the header with /^sha256=[0-9a-f]{64}$/ before you compare: toLowerCase() and Buffer.from(text, "hex") ' +
      'let other spellings through. Then crypto.timingSafeEqual on the two digests.',
  },
  'signed-timestamp': {
    general:
      'The timestamp is not part of what you check, so an old delivery can be replayed as a new one. Sign the ' +
      'timestamp header, a dot and the raw body, together.',
  },
  tolerance: {
    general:
      'Whoever once saw a delivery can send it again for ever. After the signature, refuse a timestamp more than ' +
      'five minutes from your clock, either way: abs(now - timestamp) > 300 s is a 401 (and so is a time that ' +
      'cannot be read: comparisons with NaN are never true).',
    ours: 'toleranceSeconds lets an hour pass. Leave it out for 300, and keep the clock right by NTP.',
  },
  'crash-on-bad': {
    general:
      'The delivery was not taken, but by an accident that anybody can cause. Answer 401 on purpose: test that the ' +
      'header is there and has the right form before you compare (crypto.timingSafeEqual throws on unequal lengths).',
  },
};
