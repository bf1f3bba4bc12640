import type { DeliveryJson, RequestJson } from '../../../../src/emulator/control/json-types.ts';
import { newAttempt, newDelivery, newRequest } from '../support/fake-records.ts';

export const PHONE = '+966501234567';
const AT = '2026-05-08T10:00:00.000Z';

/** A delivery of a text, answered with each of the statuses in turn. */
export function delivery(
  id: string,
  fields: Partial<DeliveryJson> = {},
  ...statuses: number[]
): DeliveryJson {
  const attempts = statuses.map((status, index) => ({
    ...newAttempt({
      number: index + 1,
      url: 'http://127.0.0.1:3000/',
      event: 'message.received',
      bodyText: '{}',
      at: AT,
      fault: null,
    }),
    response: { status, headers: {}, bodyText: '' },
    durationMs: 1,
  }));
  return newDelivery(id, AT, { from: PHONE, text: `text of ${id}`, state: 'delivered', attempts, ...fields });
}

/** A request of the app that was accepted. */
export function request(id: string, fields: Partial<RequestJson> = {}): RequestJson {
  const answer = { status: 200, headers: {}, bodyText: '{}' };
  return newRequest(id, AT, {
    phone: PHONE,
    text: `text of ${id}`,
    answer,
    messageId: `msg_${id}`,
    ...fields,
  });
}
