import { STATUS_CODES } from 'node:http';
import { gatewayErrorStatuses } from '../protocol.ts';
import type { Fault } from './fault.ts';
import type { SentAnswer } from './model.ts';
import type { GatewayAnswer } from './rules.ts';

const OK_STATUS = 200;
const OTHER_CODE_STATUS = 400;
const BAD_GATEWAY_STATUS = 502;
const DEFAULT_RETRY_AFTER_SECONDS = 1;
const HALF = 2;
const CUT_JSON = '{"success":true,"status":"se';

function toSentAnswer(status: number, type: string, body: string): SentAnswer {
  const length = String(Buffer.byteLength(body));
  return { status, headers: { 'content-type': type, 'content-length': length }, body };
}

/** Writes an answer of the gateway as it goes over the wire. */
export function encodeAnswer({ status, body, headers }: GatewayAnswer): SentAnswer {
  const answer = toSentAnswer(status, 'application/json', JSON.stringify(body));
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function refusal(fault: Fault, error: string | undefined): Readonly<Record<string, unknown>> {
  const message = `A fault of the emulator answered this send: ${fault.type}.`;
  return { success: false, ...(error === undefined ? {} : { error }), message };
}

function codeStatus(code: string): number {
  return new Map<string, number>(Object.entries(gatewayErrorStatuses)).get(code) ?? OTHER_CODE_STATUS;
}

/**
 * What the app gets instead of an answer of the gateway.
 *
 * @param right - The answer that it would have had, where the message was accepted.
 * @returns `undefined` for a fault that spoils no answer.
 */
export function spoilAnswer(
  fault: Fault,
  right: SentAnswer | undefined,
): { readonly answer: SentAnswer; readonly code: string | undefined } | undefined {
  const { status, body, code, retryAfterSeconds } = fault.params;
  const numberOr = (value: unknown, fallback: number): number =>
    typeof value === 'number' ? value : fallback;
  switch (fault.type) {
    case 'status': {
      if (typeof body !== 'string') {
        const answer = encodeAnswer({ status: numberOr(status, OK_STATUS), body: refusal(fault, undefined) });
        return { answer, code: undefined };
      }
      const type = isJson(body) ? 'application/json' : 'text/plain; charset=utf-8';
      return { answer: toSentAnswer(numberOr(status, OK_STATUS), type, body), code: undefined };
    }
    case 'code': {
      const error = String(code);
      const answer = { status: numberOr(status, codeStatus(error)), body: refusal(fault, error) };
      return { answer: encodeAnswer(answer), code: error };
    }
    case 'throttle': {
      const error = 'sending_throttled';
      const seconds = numberOr(retryAfterSeconds, DEFAULT_RETRY_AFTER_SECONDS);
      const headers = { 'retry-after': String(seconds) };
      const answer = { status: gatewayErrorStatuses[error], body: refusal(fault, error), headers };
      return { answer: encodeAnswer(answer), code: error };
    }
    case 'html': {
      const number = numberOr(status, BAD_GATEWAY_STATUS);
      const title = `${number} ${STATUS_CODES[number] ?? ''}`.trim();
      const page = `<!doctype html>\n<html><head><title>${title}</title></head><body></body></html>\n`;
      return { answer: toSentAnswer(number, 'text/html; charset=utf-8', page), code: undefined };
    }
    case 'malformed-json': {
      const cut = right?.body.slice(0, Math.floor(right.body.length / HALF)) ?? CUT_JSON;
      return { answer: toSentAnswer(numberOr(status, OK_STATUS), 'application/json', cut), code: undefined };
    }
    default:
      return undefined;
  }
}
