import { createHmac } from 'node:crypto';
import type { AttemptJson, DeliveryJson, RequestJson } from '../../../../src/emulator/control/json-types.ts';

const LAST_DIGITS = /[0-9a-f]{4}$/u;
const FAKE_SECRET = 'emu_secret_of_the_fake';

/** As PHP writes JSON: what a receiver that parses and writes it anew gets wrong. */
export function phpJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[\u0080-\uffff]/gu, (character) =>
      [...Array(character.length).keys()]
        .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
        .join(''),
    );
}

function sign(timestamp: string, body: string): string {
  return `sha256=${createHmac('sha256', FAKE_SECRET).update(`${timestamp}.${body}`).digest('hex')}`;
}

interface AttemptInput {
  readonly number: number;
  readonly url: string;
  readonly event: string;
  readonly bodyText: string;
  readonly at: string;
  readonly fault: string | null;
  /** Of an exact resend: when the bytes were signed first. */
  readonly signedAt?: string;
}

/** An attempt that has begun. */
export function newAttempt({ number, url, event, bodyText, at, fault, signedAt }: AttemptInput): AttemptJson {
  const timestamp = signedAt ?? at;
  const expected = sign(timestamp, bodyText);
  const sent =
    fault === 'wrong-signature'
      ? expected.replace(LAST_DIGITS, 'zzzz')
      : fault === 'missing-signature'
        ? null
        : expected;
  return {
    number,
    at,
    url,
    requestHeaders: {
      'content-type': 'application/json',
      'x-whatsapp-gateway-event': event,
      'x-whatsapp-gateway-timestamp': timestamp,
      ...(sent === null ? {} : { 'x-whatsapp-gateway-signature': sent }),
    },
    bodyText,
    bodyBase64: Buffer.from(bodyText).toString('base64'),
    signature: {
      timestampHeader: timestamp,
      signedText: `${timestamp}.${bodyText}`,
      expected,
      sent,
      ageSeconds: Math.round((Date.parse(at) - Date.parse(timestamp)) / 1_000),
    },
    response: null,
    error: null,
    durationMs: null,
    fault,
    hint: null,
  };
}

export function newDelivery(id: string, at: string, fields: Partial<DeliveryJson>): DeliveryJson {
  return {
    id,
    at,
    event: 'message.received',
    from: null,
    text: null,
    state: 'pending',
    origin: 'customer',
    resendOf: null,
    attempts: [],
    nextAttemptAt: null,
    ...fields,
  };
}

export function newRequest(id: string, at: string, fields: Partial<RequestJson>): RequestJson {
  return {
    id,
    at,
    method: 'POST',
    path: '/api/send-message',
    headers: { 'content-type': 'application/json', 'user-agent': 'fake' },
    bodyText: '',
    bodyBase64: '',
    phone: null,
    text: null,
    purpose: null,
    answer: null,
    code: null,
    why: null,
    docsUrl: null,
    messageId: null,
    fault: null,
    durationMs: 3,
    ...fields,
  };
}
