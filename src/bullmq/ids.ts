import { MAX_QUEUE_ID_CHARACTERS } from '../protocol.ts';

const ESCAPED = /[%:]/gu;
const ESCAPE = /%(25|3A)/gu;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Turns the ids that callers give into those BullMQ takes, and back. */
export interface JobIds {
  encode(id: string): string;
  /** @returns `undefined` for an id that was not made here. */
  decode(jobId: string): string | undefined;
}

/**
 * BullMQ refuses ids with a colon and those that are numbers, and one that is the name of a key of its own, such as
 * `wait`, would silently be taken for a duplicate. So every id gets a prefix, and colons are escaped.
 */
export function jobIds(prefix: string): JobIds {
  return {
    encode: (id) => prefix + id.replace(ESCAPED, (char) => (char === ':' ? '%3A' : '%25')),
    decode: (jobId) =>
      jobId.startsWith(prefix)
        ? jobId.slice(prefix.length).replace(ESCAPE, (_, hex) => (hex === '3A' ? ':' : '%'))
        : undefined,
  };
}

/** The ids of sends. */
export const sendIds: JobIds = jobIds('send-');
/** The ids of events. */
export const eventIds: JobIds = jobIds('event-');

/** @throws TypeError unless it can tell one message from another. */
export function checkId(owner: string, id: unknown): asserts id is string {
  if (
    typeof id === 'string' &&
    id !== '' &&
    id.length <= MAX_QUEUE_ID_CHARACTERS &&
    !LONE_SURROGATE.test(id)
  ) {
    return;
  }
  // Not shown: an id may be made of a phone number.
  throw new TypeError(
    `${owner}: the id is ${typeof id === 'string' ? (id === '' ? 'empty' : 'too long, or half of a character') : `a ${typeof id}`}. ` +
      `Give a text of 1 to ${MAX_QUEUE_ID_CHARACTERS} characters, such as an order's number.`,
  );
}
