import { type SignedWebhook, signWebhook } from '../../src/testing/sign-webhook.ts';

export const SECRET = 'whsec_test_9f2c4b7a61d0';
export const OTHER_SECRET = 'whsec_test_before_rotation';
/** When every delivery is signed and, with {@link now}, received. */
export const NOW = Date.parse('2026-05-08T10:01:00Z');
export const PHONE = '+966501234567';
export const TEXT = 'أين طلبي رقم 1042؟';

export const now = (): number => NOW;

export const messageEvent = {
  event: 'message.received',
  instance_id: 'inst_12345',
  instance_name: 'faisak-demo',
  from: PHONE,
  message_text: TEXT,
  message_type: 'text',
} as const;

export const optOutEvent = { event: 'recipient.opted_out', from: PHONE } as const;

/** Signs what is given, or else a message; good unless told otherwise. */
export function sign(
  body: object | string | Uint8Array = messageEvent,
  { secret = SECRET, timestamp = NOW }: { secret?: string; timestamp?: number | string } = {},
): SignedWebhook {
  return signWebhook({ secret, timestamp, body });
}

/** A message that no other call makes, so that nothing takes it for a copy. */
export function signUnique(): SignedWebhook {
  unique += 1;
  return sign({ ...messageEvent, message_text: `Message ${unique}` });
}
let unique = 0;
