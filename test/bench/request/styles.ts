import { createHmac } from 'node:crypto';
import { messageBody, SECRET, signedHeaders } from '../support/delivery.ts';

/** Whose signature a request carries. */
export type Style = 'gateway' | 'line' | 'octokit';

let serial = 0;

function headersFor(style: Style, body: Buffer): Record<string, string> {
  if (style === 'gateway') return signedHeaders(body);
  const digest = createHmac('sha256', SECRET).update(body).digest();
  if (style === 'line')
    return { 'content-type': 'application/json', 'x-line-signature': digest.toString('base64') };
  serial += 1;
  return {
    'content-type': 'application/json',
    'x-github-event': 'issues',
    'x-github-delivery': `delivery-${serial}`,
    'x-hub-signature-256': `sha256=${digest.toString('hex')}`,
  };
}

/** A whole request as bytes, unlike any other and signed now. */
export function signedRequest(style: Style, bytes: number): Buffer {
  const body = messageBody(bytes);
  const headers = { host: '127.0.0.1', 'content-length': String(body.length), ...headersFor(style, body) };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`POST /webhook HTTP/1.1\r\n${head.join('')}\r\n`), body]);
}
