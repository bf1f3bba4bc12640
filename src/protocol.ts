/**
 * Everything the gateway and this package agree on by name or number. Each fact says how sure we are of it:
 * documented by the gateway's vendor, or assumed by us until somebody sees the live service.
 */

const SECOND_MS = 1_000;
const MINUTE_MS: number = 60 * SECOND_MS;
const KIB: number = 1_024;
const MIB: number = 1_024 * KIB;

// --- Receiving -------------------------------------------------------------------------------------------

/** Names the event before the body is read. Documented, and not signed: never decide anything by it. */
export const EVENT_HEADER = 'x-whatsapp-gateway-event';
/** When the delivery was signed; part of what is signed. Documented. */
export const TIMESTAMP_HEADER = 'x-whatsapp-gateway-timestamp';
/** `sha256=` and the lower-case hex of the HMAC. Documented. */
export const SIGNATURE_HEADER = 'x-whatsapp-gateway-signature';
/** What a signature header begins with. Documented. */
export const SIGNATURE_PREFIX = 'sha256=';

/** A customer wrote a message. Documented. */
export const MESSAGE_RECEIVED = 'message.received';
/** A customer wants no more messages. Documented. */
export const RECIPIENT_OPTED_OUT = 'recipient.opted_out';
/** A sent message changed its state. Only the name is documented. */
export const MESSAGE_STATUS_UPDATED = 'message.status_updated';

/** The codes of what can go wrong with a delivery, and the HTTP status each is answered with. Our own. */
export const webhookErrorStatuses = {
  request_aborted: 400,
  invalid_timestamp: 400,
  invalid_json: 400,
  invalid_event: 400,
  missing_header: 401,
  invalid_signature: 401,
  timestamp_out_of_range: 401,
  method_not_allowed: 405,
  body_too_large: 413,
  unsupported_content_encoding: 415,
  unsupported_content_type: 415,
  raw_body_unavailable: 500,
  handler_failed: 500,
  handler_timeout: 503,
  store_unavailable: 503,
  delivery_in_flight: 503,
} as const;

/**
 * Why a delivery was not handled. Each has a heading in `docs/errors.md`.
 *
 * @useDeclaredType
 */
export type WebhookErrorCode = keyof typeof webhookErrorStatuses;

/** How far a delivery's timestamp may be from our clock, either way. */
export const DEFAULT_TOLERANCE_SECONDS: number = 5 * 60;
/** How many bytes a delivery may have. */
export const DEFAULT_BODY_LIMIT_BYTES: number = MIB;
/** How long a handler may take before the gateway is asked to come back. */
export const DEFAULT_HANDLER_TIMEOUT_MS: number = 10 * SECOND_MS;
/** How much longer than the handler's time-out a claim is held, so that a late handler meets no second run. */
export const LEASE_MARGIN_MS: number = 30 * SECOND_MS;
/** How long the delivery store may take for one step before it counts as down. */
export const STORE_TIMEOUT_MS: number = 5 * SECOND_MS;
/**
 * How long a finished delivery is remembered, or twice the tolerance where that is longer. A day, because the
 * gateway's retry schedule is unknown and a key taken from the body should still know a late retry.
 */
export const DELIVERY_MEMORY_MS: number = 24 * 60 * MINUTE_MS;
/** What `Retry-After` says when we answer 503. */
export const RETRY_AFTER_SECONDS = 5;
/** What the keys of the Redis store begin with. */
export const DEFAULT_REDIS_PREFIX = 'whatsapp-gateway:delivery:';
/** How long the Redis store first waits before it tries again to write down how a claim ended; then twice as long. */
export const REDIS_MIN_RETRY_DELAY_MS = 50;
/** The longest it waits between two such tries. */
export const REDIS_MAX_RETRY_DELAY_MS: number = SECOND_MS;
/** How many deliveries the memory store remembers. */
export const DEFAULT_MEMORY_STORE_ENTRIES = 10_000;
/** How much of a body over the limit is still taken in (and thrown away) so that the sender reads our 413. */
export const DRAIN_LIMIT_BYTES: number = 64 * MIB;
/** How long a body over the limit is still taken in. */
export const DRAIN_TIMEOUT_MS: number = 10 * SECOND_MS;

// --- Sending ---------------------------------------------------------------------------------------------

/** Where the gateway answers. Documented. */
export const DEFAULT_BASE_URL = 'https://evoapi.faisak.com';
/** The one endpoint that sends. Documented. */
export const SEND_PATH = '/api/send-message';

/** Why a message is sent, as far as the gateway's policy allows it. Documented. */
export const messagePurposes = [
  'transactional',
  'operational',
  'support',
  'internal_team',
  'authentication',
] as const;

/**
 * One of {@link messagePurposes}.
 *
 * @useDeclaredType
 */
export type MessagePurpose = (typeof messagePurposes)[number];

/**
 * The gateway's error codes and the HTTP status each comes with. The codes are documented; of the statuses only
 * those of `invalid_json`, `invalid_api_key`, `revoked_api_key`, `invalid_instance`, `validation_error` and
 * `message_purpose_required` are, the others are assumed.
 */
export const gatewayErrorStatuses = {
  invalid_json: 400,
  invalid_api_key: 401,
  revoked_api_key: 401,
  invalid_instance: 404,
  validation_error: 422,
  message_purpose_required: 422,
  message_purpose_not_allowed: 422,
  module_not_enabled: 403,
  recipient_suppressed: 403,
  policy_violation: 403,
  sending_throttled: 429,
  payload_too_large: 413,
  gateway_send_failed: 502,
} as const;

/**
 * A code the gateway is documented to answer with.
 *
 * @useDeclaredType
 */
export type GatewayErrorCode = keyof typeof gatewayErrorStatuses;

/** What a failure counts as when the gateway names no code. Documented. */
export const UNKNOWN_ERROR = 'unknown_error';
/** What a failure says when the gateway says nothing. Documented. */
export const UNKNOWN_ERROR_MESSAGE = 'Request failed.';

/** What goes wrong before, or without, an answer of the gateway; beside the gateway's own codes. */
export const ownSendErrorCodes = [
  'unknown_error',
  'invalid_phone',
  'invalid_message',
  'suppression_check_failed',
  'connection_failed',
  'timeout',
  'aborted',
  'bad_response',
  'sender_closed',
] as const;

/**
 * A code this package gives a send that failed, where the gateway gave none.
 *
 * @useDeclaredType
 */
export type OwnSendErrorCode = (typeof ownSendErrorCodes)[number];

/** The environment variable an API key is taken from where none is passed. */
export const API_KEY_VARIABLE = 'WHATSAPP_GATEWAY_API_KEY';
/** The environment variable an instance id is taken from where none is passed. */
export const INSTANCE_ID_VARIABLE = 'WHATSAPP_GATEWAY_INSTANCE_ID';
/** What we call ourselves to the gateway: some firewalls refuse a request without a name. */
export const USER_AGENT = 'express-whatsapp-gateway';

/** How long a send may take altogether; the vendor's own example uses the same. Documented. */
export const DEFAULT_SEND_TIMEOUT_MS: number = 15 * SECOND_MS;
/** How long one connection may take to be made. */
export const DEFAULT_CONNECT_TIMEOUT_MS: number = 5 * SECOND_MS;
/** How many connections a sender keeps at the most. */
export const DEFAULT_CONNECTIONS = 8;
/** How often a send that provably never left is tried again. */
export const DEFAULT_UNSENT_RETRIES = 2;
/** The first wait before such a try, at the most (full jitter). */
export const DEFAULT_MIN_DELAY_MS = 250;
/** The longest wait before such a try. */
export const DEFAULT_MAX_DELAY_MS: number = 5 * SECOND_MS;
/** How many bytes of an answer are read. */
export const DEFAULT_MAX_RESPONSE_BYTES: number = 64 * KIB;
/** How long an idle connection is kept: short, because a stale one can lose a POST without telling whether. */
export const KEEP_ALIVE_MS: number = 4 * SECOND_MS;

/** How much later than our own time-out undici's coarse ones may fire: they are only there should ours be lost. */
export const BACKSTOP_MARGIN_MS: number = 5 * SECOND_MS;
/** How many characters of a text the gateway sent are kept on an error. */
export const MAX_GATEWAY_TEXT_CHARACTERS = 1_000;
/** From how many characters on a key, a phone number or a text is told apart from ordinary words and masked. */
export const MIN_MASKED_CHARACTERS = 6;
/** The most connections a sender may be told to keep. */
export const MAX_CONNECTIONS = 1_024;
/** The most tries a sender may be told to make for a send that provably never left. */
export const MAX_UNSENT_RETRIES = 100;
/** The most bytes of an answer a sender may be told to read. */
export const MAX_RESPONSE_BYTES: number = 64 * MIB;

/** The longest delay a Node.js timer can hold (`setTimeout`: a 32-bit signed integer of milliseconds). */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;

// --- The account -----------------------------------------------------------------------------------------

/** What keys and secrets made by the emulator begin with; refused in production. Our own. */
export const EMULATOR_PREFIX = 'emu_';
/** How many messages an account may send in a day and in a month. Documented; when a day turns is not. */
export const fairUseLimits = {
  starter: { day: 100, month: 2_000 },
  growth: { day: 500, month: 10_000 },
  scale: { day: 1_500, month: 30_000 },
} as const;

// --- Queues (BullMQ) -------------------------------------------------------------------------------------

/** What the keys of queues begin with in Redis; BullMQ's own default. */
export const DEFAULT_QUEUE_PREFIX = 'bull';
/** The queue of messages that wait to be sent. */
export const DEFAULT_SEND_QUEUE_NAME = 'whatsapp-gateway-sends';
/** The queue of events that wait for their handler. */
export const DEFAULT_EVENT_QUEUE_NAME = 'whatsapp-gateway-events';

/** What goes wrong with a queue itself. */
export const queueErrorCodes = ['queue_unavailable', 'job_not_found', 'wrong_state'] as const;

/**
 * Why a call to a queue failed.
 *
 * @useDeclaredType
 */
export type QueueErrorCode = (typeof queueErrorCodes)[number];

/** Why a queued send failed, beside the codes of sending. */
export const queuedSendCodes = ['worker_lost', 'unexpected_error', 'invalid_job'] as const;

/** How a queued send fails of which nobody knows whether the message went out. */
export const OUTCOME_UNKNOWN = 'outcome_unknown';

/** How long a sent message's record is kept at the least, and so the same id not sent again. */
export const KEEP_SENT_MS: number = 7 * 24 * 60 * MINUTE_MS;
/** How long the record of a failed send, or of one whose outcome is unknown, is kept at the least. */
export const KEEP_FAILED_MS: number = 30 * 24 * 60 * MINUTE_MS;
/** How long the record of an event that no handler could handle is kept at the least. */
export const KEEP_DEAD_MS: number = 30 * 24 * 60 * MINUTE_MS;
/** The longest delay a queued send may be given, and the longest time a record may be kept: BullMQ's dates end in 2039. */
export const MAX_QUEUE_DELAY_MS: number = 366 * 24 * 60 * MINUTE_MS;
/** The most characters the id of a queued send may have. */
export const MAX_QUEUE_ID_CHARACTERS = 256;

/** How long adding to a queue waits for a connection that is not there. */
export const QUEUE_CONNECT_WAIT_MS: number = SECOND_MS;
/** How long a call to a queue waits for Redis's answer. */
export const QUEUE_TIMEOUT_MS: number = 5 * SECOND_MS;
/** How long closing a worker waits for the jobs under way before it ends them: longer than a send may take. */
export const DEFAULT_CLOSE_TIMEOUT_MS: number = 20 * SECOND_MS;
/** How long jobs that were ended have to write down what came of them. */
export const CLOSE_GRACE_MS: number = SECOND_MS;

/** How long a worker that says nothing still owns its job, and how often jobs of lost workers are looked for. */
export const QUEUE_LOCK_MS: number = 30 * SECOND_MS;
/** How many jobs a worker has under way at once. */
export const DEFAULT_QUEUE_CONCURRENCY = 8;
/** The most jobs a worker may be told to have under way at once. */
export const MAX_QUEUE_CONCURRENCY = 1_000;
/** How often a job is tried that failed in a way that may pass: with the waits below, for about an hour. */
export const DEFAULT_QUEUE_ATTEMPTS = 20;
/** The longest wait before the second try; it doubles with each, and the wait is a random part of it. */
export const DEFAULT_QUEUE_MIN_DELAY_MS: number = SECOND_MS;
/** The longest wait before any try. */
export const DEFAULT_QUEUE_MAX_DELAY_MS: number = 10 * MINUTE_MS;
/** How often a send is begun at the most, throttled and interrupted runs included. */
export const MAX_SEND_STARTS = 1_000;
/** The most sends a rate limit can be told: Redis remembers each of a span. */
export const MAX_RATE_LIMIT_SENDS = 100_000;
/** From how many interruptions on (the process died or hung) an event counts as the cause, and is given up. */
export const MAX_EVENT_STALLS = 5;
/** How many milliseconds a handler of a queued event may take. */
export const DEFAULT_EVENT_TIMEOUT_MS: number = MINUTE_MS;

/** How long all machines pause where the gateway throttles and does not say for how long. Assumed. */
export const DEFAULT_THROTTLE_MS: number = MINUTE_MS;
/** The shortest such pause, whatever the gateway says. */
export const MIN_THROTTLE_MS: number = SECOND_MS;
/** The longest such pause, as a month's fair use may need: then the gateway is asked again, whatever it said. */
export const MAX_THROTTLE_MS: number = 31 * 24 * 60 * MINUTE_MS;
/** How long after midnight UTC the fair-use limit of a day is taken to be free again: clocks differ. Assumed. */
export const FAIR_USE_MARGIN_MS: number = MINUTE_MS;
/** How many failed sends a list holds unless told otherwise. */
export const DEFAULT_LIST_LIMIT = 1_000;
