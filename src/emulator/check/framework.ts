import { type WebhookErrorCode, webhookErrorStatuses } from '../../protocol.ts';
import type { Answer } from './answer.ts';

/**
 * What the receiver was recognised as, by what its answers say: this package's middleware, Express with code of the
 * app's own, or anything else.
 */
export type Framework = 'express-whatsapp-gateway' | 'express' | 'other';

const EXPRESS = /\bExpress\b/u;
/** Express's own error page shows this error's name outside production. */
const OWN_ERROR = /\bWebhookError\b/u;

/** The code in an answer that this package's middleware made. */
export function ownCode(answer: Answer): WebhookErrorCode | undefined {
  if (answer.type !== 'http') return undefined;
  let body: unknown;
  try {
    body = JSON.parse(answer.body);
  } catch {
    return undefined;
  }
  const code = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  return typeof code === 'string' && Object.hasOwn(webhookErrorStatuses, code)
    ? (code as WebhookErrorCode)
    : undefined;
}

/** Recognises the framework by all answers together. */
export function recognise(answers: readonly Answer[]): Framework {
  if (answers.some((answer) => ownCode(answer) !== undefined)) return 'express-whatsapp-gateway';
  const isOwn = answers.some((answer) => answer.type === 'http' && OWN_ERROR.test(answer.body));
  if (isOwn) return 'express-whatsapp-gateway';
  const isExpress = answers.some(
    (answer) => answer.type === 'http' && EXPRESS.test(String(answer.headers['x-powered-by'] ?? '')),
  );
  return isExpress ? 'express' : 'other';
}
