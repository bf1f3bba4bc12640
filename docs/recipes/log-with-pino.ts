/**
 * Logs with pino: each delivery and each failed send, by what it means to you, and nobody's phone number.
 *
 * ```ts
 * const logger = pino();
 * app.post('/webhooks/whatsapp-gateway', whatsappGatewayWebhook({ secret, onOptOut, onOutcome: logOutcomes(logger) }));
 *
 * try {
 *   await sender.send({ phone, message, purpose: 'transactional' });
 * } catch (error) {
 *   if (!isSendError(error)) throw error;
 *   logSendError(logger, error);
 * }
 * ```
 *
 * | Level | What |
 * |---|---|
 * | error | Somebody has to look: a handler, the store, the API key; a message that may or may not have gone out. |
 * | warn | Deliveries that were refused, a handled one that the store could not remember, throttled sends. |
 * | info | Handled deliveries, refusals of one recipient. |
 * | debug | Copies, and events without a handler. |
 *
 * Pitfalls:
 * - Our errors hold no phone and no text, but `error.cause` is your handler's own: a database likes to say
 *   `Key (phone)=(+966…) already exists`. Its name, code and place are logged here, its message is not.
 * - pino's `err` serializer follows causes and would write that message: the error is not passed as `err`.
 * - `deliveryKey` is a digest unless you made it yourself, of a phone for example: it is left out.
 * - `pino-http` logs the request's headers, signature and all, of a delivery that is good for five minutes more: redact
 *   `req.headers["x-whatsapp-gateway-signature"]`.
 */
import type { SendError, WebhookOutcome } from 'express-whatsapp-gateway';
import type { Level, Logger } from 'pino';

const LEVELS: Readonly<Record<WebhookOutcome['type'], Level>> = {
  handled: 'info',
  unhandled: 'debug',
  duplicate: 'debug',
  rejected: 'warn',
  failed: 'error',
  timed_out: 'error',
};
const STACK_LINE = /^\s+at .+$/gmu;

/** What can be said of an error without its message. */
function describeCause(cause: unknown): object {
  if (!(cause instanceof Error)) return { name: typeof cause };
  const code = 'code' in cause ? cause.code : undefined;
  return { name: cause.name, code, at: cause.stack?.match(STACK_LINE)?.map((line) => line.trim()) };
}

/** For the option `onOutcome`. */
export function logOutcomes(logger: Logger): (outcome: WebhookOutcome) => void {
  return ({ type, status, event, error, secretIndex, durationMs }) => {
    const level = type === 'handled' && error !== undefined ? 'warn' : LEVELS[type];
    const cause = error?.cause === undefined ? undefined : describeCause(error.cause);
    logger[level](
      { type, status, event, code: error?.code, secretIndex, durationMs: Math.round(durationMs), cause },
      `WhatsApp delivery ${type}`,
    );
  };
}

function levelOf({ name, outcome, retryable }: SendError): Level {
  if (name === 'SendSuppressedError') return 'info';
  return outcome === 'not_sent' && retryable ? 'warn' : 'error';
}

/** For what `sender.send` rejects with. */
export function logSendError(logger: Logger, error: SendError): void {
  const { name, code, outcome, retryable, status, details } = error;
  logger[levelOf(error)]({ name, code, outcome, retryable, status, details }, `WhatsApp message ${outcome}`);
}
