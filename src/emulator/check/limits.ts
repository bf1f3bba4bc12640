const SECOND_MS = 1_000;
const MINUTE_MS: number = 60 * SECOND_MS;
const KIB = 1_024;

/** How long a receiver has for an answer to a probe. Assumed: the gateway's own patience is not published. */
export const DEFAULT_CHECK_TIMEOUT_MS: number = 10 * SECOND_MS;
/** From how long an answer on counts as slow; the contract wants it quickly. Our own. */
export const CHECK_SLOW_ANSWER_MS: number = 3 * SECOND_MS;
/** How many exercises run at the same moment: below the five that Python's `http.server` lets wait. */
export const CHECK_CONCURRENCY = 4;
/** How far a stale or future probe is off: beyond any tolerance that still means something. */
export const CHECK_TIMESTAMP_OFFSET_MS: number = 60 * MINUTE_MS;
/** How many bytes the large probe has. */
export const CHECK_LARGE_BODY_BYTES: number = 200 * KIB;
/** How many Arabic letters the large probe's message has; WhatsApp's own limit is 65,536. Assumed. */
export const CHECK_LARGE_TEXT_CHARACTERS = 20_000;
/** How long the body of the slow probe takes. */
export const CHECK_SLOW_BODY_MS: number = SECOND_MS;
/** How long the first effect of a delivery is waited for. */
export const CHECK_EFFECTS_TIMEOUT_MS: number = 2 * SECOND_MS;
/** How long no further effect may show before a count is taken as final. */
export const CHECK_EFFECTS_SETTLE_MS = 400;
/** How long check's own gateway takes for a reply, so that two copies of one delivery really meet. */
export const CHECK_REPLY_DELAY_MS = 150;
/** What the phones of probes begin with; two digits follow. Ofcom keeps them for drama: nobody can own one. */
export const CHECK_PHONE_PREFIX = '+4477009000';
/** The customer for whom the app's handler is made to fail; of the same range. */
export const CHECK_FAILING_PHONE = '+447700900999';
