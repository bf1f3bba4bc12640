import type { AttemptJson, DeliveryJson, RequestJson } from '../../../../src/emulator/control/json-types.ts';

export const PHONE = '+966501234567';
const AT = '2026-05-08T10:00:00.000Z';

function attempt(number: number, status: number): AttemptJson {
  const expected = `sha256=${'ab'.repeat(32)}`;
  return {
    number,
    at: AT,
    url: 'http://127.0.0.1:3000/',
    requestHeaders: {},
    bodyText: '{}',
    bodyBase64: 'e30=',
    signature: { timestampHeader: AT, signedText: `${AT}.{}`, expected, sent: expected, ageSeconds: 0 },
    response: { status, headers: {}, bodyText: '' },
    error: null,
    durationMs: 1,
    fault: null,
    hint: null,
  };
}

/** A delivery of a text, answered with each of the statuses in turn. */
export function delivery(
  id: string,
  fields: Partial<DeliveryJson> = {},
  ...statuses: number[]
): DeliveryJson {
  return {
    id,
    at: AT,
    event: 'message.received',
    from: PHONE,
    text: `text of ${id}`,
    state: 'delivered',
    origin: 'customer',
    resendOf: null,
    attempts: statuses.map((status, index) => attempt(index + 1, status)),
    nextAttemptAt: null,
    ...fields,
  };
}

/** A request of the app that was accepted. */
export function request(id: string, fields: Partial<RequestJson> = {}): RequestJson {
  return {
    id,
    at: AT,
    method: 'POST',
    path: '/api/send-message',
    headers: {},
    bodyText: '',
    bodyBase64: '',
    phone: PHONE,
    text: `text of ${id}`,
    purpose: 'support',
    answer: { status: 200, headers: {}, bodyText: '{}' },
    code: null,
    why: null,
    docsUrl: null,
    messageId: `msg_${id}`,
    fault: null,
    durationMs: 1,
    ...fields,
  };
}
