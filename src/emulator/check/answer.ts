import type { IncomingHttpHeaders } from 'node:http';
import { MIN_MASKED_CHARACTERS } from '../../protocol.ts';

/** What the receiver answered. */
export interface HttpAnswer {
  readonly type: 'http';
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The first 64 KiB as text. */
  readonly body: string;
  /** From the first byte sent to the last one read, connecting included. */
  readonly durationMs: number;
}

/**
 * Why there is no answer: no connection was made, the connection ended (`broken`), or nothing came in time.
 */
export interface NoAnswer {
  readonly type: 'unreachable' | 'broken' | 'timeout';
  /** What the system says, `ECONNREFUSED` for instance. */
  readonly reason: string;
  readonly durationMs: number;
}

/** How one delivery of a probe ended. */
export type Answer = HttpAnswer | NoAnswer;

const HTML_TAG = /<[^<>]*>/gu;
const BODY_CHARACTERS = 120;
// Whatever could move a terminal's cursor or turn its text round.
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu;

/** Whether the receiver took the delivery. */
export function isAccepted(answer: Answer): boolean {
  return answer.type === 'http' && answer.status >= 200 && answer.status < 300;
}

/** Whether the receiver sends its caller elsewhere. */
export function isRedirect(answer: Answer): boolean {
  return answer.type === 'http' && answer.status >= 300 && answer.status < 400;
}

/** Whether the receiver says that the delivery is wrong. */
export function isRefused(answer: Answer): boolean {
  return answer.type === 'http' && answer.status >= 400 && answer.status < 500;
}

/** The beginning of an answer's body on one line, safe to print. */
export function excerpt(body: string): string {
  const line = body.replace(CONTROLS, ' ').trim();
  const characters = Array.from(line);
  return characters.length > BODY_CHARACTERS ? `${characters.slice(0, BODY_CHARACTERS).join('')}…` : line;
}

/** An answer in words: `answered 401 {"error":"invalid_signature"}`. */
export function describeAnswer(answer: Answer): string {
  switch (answer.type) {
    case 'http': {
      const isHtml = answer.headers['content-type']?.startsWith('text/html') ?? false;
      const body = excerpt(isHtml ? answer.body.replace(HTML_TAG, ' ') : answer.body);
      const to = isRedirect(answer) ? ` to ${excerpt(answer.headers.location ?? 'nowhere')}` : '';
      return `answered ${answer.status}${to}${body === '' ? '' : ` ${body}`}`;
    }
    case 'timeout':
      return `gave no answer within ${Math.round(answer.durationMs)} ms`;
    case 'broken':
      return `closed the connection without an answer (${answer.reason})`;
    case 'unreachable':
      return `could not be reached (${answer.reason})`;
  }
}

/** The same answer without the secret in what is shown of it, should the app have echoed it. */
export function withoutSecret(answer: Answer, secret: string): Answer {
  if (answer.type !== 'http' || secret.length < MIN_MASKED_CHARACTERS) return answer;
  const mask = (text: string) => text.replaceAll(secret, '[secret]');
  const { location } = answer.headers;
  const headers = location === undefined ? answer.headers : { ...answer.headers, location: mask(location) };
  return { ...answer, headers, body: mask(answer.body) };
}
