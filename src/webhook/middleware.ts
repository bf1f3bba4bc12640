import type { IncomingMessage, ServerResponse } from 'node:http';
import { resolveWebhookOptions, type WebhookOptions } from './options.ts';
import { drain, mayHaveMore, type RequestWithBody, takeRawBody } from './raw-body.ts';
import { buildReceiver, type WebhookReceiver } from './receiver.ts';

/** Mounts in Express 4 and 5, in Connect, and as a listener of plain `http` (then without `next`). */
export type WebhookMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

async function answer(
  receiver: WebhookReceiver,
  bodyLimitBytes: number,
  request: RequestWithBody,
  response: ServerResponse,
  next?: (error?: unknown) => void,
): Promise<void> {
  const { method, headers } = request;
  const answered = await receiver.receive({
    method,
    headers,
    rawBody: () => takeRawBody(request, bodyLimitBytes),
    request,
  });
  const { status, headers: answeredHeaders, error, body } = answered;
  const isOurFault = error !== undefined && status >= 500;
  // A handler may have answered itself. What it only began before it failed must not stay open.
  if (response.headersSent && (response.writableEnded || !isOurFault)) return;
  if (isOurFault && next !== undefined) {
    if (!response.headersSent) setHeaders(response, error.headers);
    next(error);
    return;
  }
  // Nobody may be there any more.
  if (response.destroyed) return;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.statusCode = status;
  setHeaders(response, answeredHeaders);
  // Nobody may have said that the length is unknown (RFC 9112 6.2).
  response.removeHeader('Transfer-Encoding');
  // RFC 9110 9.3.2; Node can be told to throw instead of leaving it out.
  const content = method === 'HEAD' ? undefined : body;
  if (!mayHaveMore(request)) {
    response.end(content);
    return;
  }
  // To end now may close the connection (`Connection: close`) under a sender that writes all before it reads.
  if (content === undefined) response.flushHeaders();
  else response.write(content);
  drain(request, () => response.end());
}

function setHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(headers)) response.setHeader(name, headers[name] as string);
}

function refuseRequest(candidate: unknown): void {
  if (typeof candidate !== 'object' || candidate === null) return;
  if (!('headers' in candidate && 'method' in candidate)) return;
  throw new TypeError(
    'whatsappGatewayWebhook was given a request instead of options: it was mounted itself. Call it first: ' +
      "app.post('/webhooks/whatsapp-gateway', whatsappGatewayWebhook({ secret, onMessage })).",
  );
}

/**
 * Express middleware for the gateway's webhook: keeps the raw body, checks signature and age, drops duplicates, calls
 * the handler for the event, and answers 200 when the handler is done. Mount it before `express.json()`, or save the
 * bytes there as `req.rawBody`.
 *
 * The sender's faults are answered here; our own go to `next(error)` as a `WebhookError` with `status` and `code`.
 *
 * @throws TypeError when an option does not exist or cannot be used, or when it is mounted without being called.
 *
 * @example
 * app.post('/webhooks/whatsapp-gateway', whatsappGatewayWebhook({
 *   secret: process.env.WHATSAPP_GATEWAY_WEBHOOK_SECRET,
 *   onMessage: (event, { phone }) => inbox.add(phone, event.message_text),
 *   onOptOut: (_event, { phone }) => users.optOut(phone),
 * }));
 */
export function whatsappGatewayWebhook(options: Readonly<WebhookOptions>): WebhookMiddleware {
  refuseRequest(options);
  const config = resolveWebhookOptions('whatsappGatewayWebhook', options);
  const receiver = buildReceiver(config);
  return function whatsappGatewayWebhookMiddleware(request, response, next) {
    void answer(receiver, config.bodyLimitBytes, request, response, next);
  };
}
