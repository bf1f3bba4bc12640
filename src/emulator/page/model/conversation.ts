import type { DeliveryJson, RequestJson } from '../../control/json-types.ts';
import { isJson } from './json-text.ts';
import { recordPhone, type TrafficRecord } from './record.ts';

/** What became of a message of the app: told as the app was told, or otherwise, or not sent at all. */
export type SendFate = 'sent' | 'sent-but-hidden' | 'refused';

/** One line of a chat. */
export type ChatLine =
  | { readonly type: 'customer'; readonly key: string; readonly delivery: DeliveryJson }
  | { readonly type: 'app'; readonly key: string; readonly request: RequestJson; readonly fate: SendFate }
  | { readonly type: 'event'; readonly key: string; readonly delivery: DeliveryJson };

const LEAST_BAD_STATUS = 400;
const OPTED_OUT = 'recipient.opted_out';

export function isOptOut({ event }: DeliveryJson): boolean {
  return event === OPTED_OUT;
}

export function sendFate({ messageId, code, answer }: RequestJson): SendFate {
  if (messageId === null) return 'refused';
  const told = code === null && answer !== null && answer.status < LEAST_BAD_STATUS;
  return told && isJson(answer.bodyText) ? 'sent' : 'sent-but-hidden';
}

/** A resend with the same text is the same message once more: the customer wrote it once. */
function repeats(delivery: DeliveryJson, texts: ReadonlyMap<string, string | null>): boolean {
  return delivery.resendOf !== null && texts.get(delivery.resendOf) === delivery.text;
}

function deliveryLine(key: string, delivery: DeliveryJson): ChatLine {
  return delivery.text === null || isOptOut(delivery)
    ? { type: 'event', key, delivery }
    : { type: 'customer', key, delivery };
}

/** The chat with one customer, oldest line first. */
export function conversationWith(phone: string, records: readonly TrafficRecord[]): readonly ChatLine[] {
  const lines: ChatLine[] = [];
  const texts = new Map<string, string | null>();
  for (const record of records) {
    if (recordPhone(record) !== phone) continue;
    if (record.kind === 'request') {
      lines.push({ type: 'app', key: record.key, request: record.value, fate: sendFate(record.value) });
      continue;
    }
    const delivery = record.value;
    if (!repeats(delivery, texts)) lines.push(deliveryLine(record.key, delivery));
    texts.set(delivery.id, delivery.text);
  }
  return lines;
}
