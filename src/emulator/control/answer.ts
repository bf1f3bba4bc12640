import type { ServerResponse } from 'node:http';
import type { ControlError } from './errors.ts';

/** An answer of the control API. */
export interface Answer {
  /** The HTTP status. */
  readonly status: number;
  /** JSON as text; `undefined` is no body. */
  readonly json: string | undefined;
  /** Headers besides those that every answer has. */
  readonly headers?: Readonly<Record<string, string>>;
}

const NO_CONTENT_STATUS = 204;

/**
 * What every answer carries, the page included: nothing of it may be shown, framed or read by another site. There are
 * no CORS headers on purpose.
 */
export const commonHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

/** What every answer of the control API carries besides. */
export const apiHeaders: Readonly<Record<string, string>> = {
  ...commonHeaders,
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** Answers with a value as JSON. */
export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, json: JSON.stringify(value) };
}

/** Says that it is done. */
export const noContent: Answer = { status: NO_CONTENT_STATUS, json: undefined };

/** Answers with what went wrong. */
export function errorAnswer(error: ControlError): Answer {
  return { status: error.status, json: JSON.stringify(error), headers: error.headers };
}

/** Writes an answer to its end. */
export function writeAnswer(response: ServerResponse, { status, json, headers = {} }: Answer): void {
  const bytes = json === undefined ? undefined : Buffer.from(json, 'utf8');
  response.writeHead(status, {
    ...apiHeaders,
    ...(bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': bytes.length }),
    ...headers,
  });
  response.end(bytes);
}
