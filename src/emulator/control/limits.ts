const SECOND_MS = 1_000;
const MIB: number = 1_024 * 1_024;

/** How many bytes the body of a write may have: a delivery of 1 MiB fits, in Base64 or escaped. */
export const CONTROL_BODY_LIMIT_BYTES: number = 2 * MIB;
/** How many records a list answers where no `limit` is given. */
export const DEFAULT_LIST_LIMIT = 200;
/** How many records a list answers at the most. */
export const MAX_LIST_LIMIT = 1_000;
/** About how many characters a list answers before it leaves the rest to the next page. */
export const MAX_LIST_CHARACTERS: number = 8 * MIB;
/** How many events of the feed are kept for those who come back or are slow. */
export const FEED_LIMIT = 2_000;
/** About how many characters of events are kept. */
export const MAX_FEED_CHARACTERS: number = 16 * MIB;
/** How many may follow the feed at the same time. */
export const MAX_FEED_CLIENTS = 32;
/** How often a client that nothing is told is sent a comment, so that nothing in between closes the connection. */
export const FEED_KEEP_ALIVE_MS: number = 15 * SECOND_MS;
/** How long a client may take none of what it was sent before it is cut off. */
export const FEED_STALL_MS: number = 30 * SECOND_MS;
/** How soon a client is asked to come back when the connection is lost. */
export const FEED_RETRY_MS: number = SECOND_MS;
/** How long events are still kept once the last client has gone. */
export const FEED_MEMORY_MS: number = 60 * SECOND_MS;
/** How often the account is told again at the most: one send changes it several times. */
export const FEED_STATE_INTERVAL_MS = 50;
/** The latest time that the clock can be set to: beyond the year 9999, ISO 8601 is written otherwise. */
export const LATEST_TIME_MS: number = Date.UTC(9_999, 11, 31);
