/**
 * What the emulator does that nobody has documented of the gateway, in a sentence each: for a banner, a page or the
 * docs. What can be chosen says how.
 */
export const emulatorAssumptions: readonly string[] = [
  'Days and months of fair use are those of UTC, and only accepted messages count.',
  'A used-up plan is refused with 429 sending_throttled and Retry-After until the day or month turns.',
  'There is no throttling beside the plan, unless it is set (throttle); it too answers 429 with Retry-After.',
  'An instance that is not connected is refused with 404 invalid_instance.',
  'A send is checked in this order: size, key, content type, JSON, instance, phone, message, purpose, suppression, limits.',
  'The statuses of message_purpose_not_allowed (422), recipient_suppressed (403) and payload_too_large (413) are assumed, and 1 MiB is the largest body.',
  'Events are written as PHP writes JSON, unless bodyStyle says otherwise.',
  'The timestamp is ISO 8601 with seconds, unless timestampStyle says otherwise.',
  'Any 2xx takes a delivery. Everything else is tried again, five times in 13 minutes and signed anew each time, unless retries says otherwise.',
  'The app has 30 seconds to answer a delivery, and nothing is promised of their order.',
  'message.status_updated is never sent by itself: only its name is documented.',
];
