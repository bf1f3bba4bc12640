/**
 * The webhook on a server of plain `node:http`, with no framework.
 *
 * `whatsappGatewayWebhook` is a listener of `http`, too: it reads the body itself and answers every request that it is
 * given, so there is no `next`. Copy this file, and put your own routes beside it.
 *
 * Pitfalls:
 * - Let nothing else read the request first: no `request.on('data')`, no `request.setEncoding()`. The signature covers
 *   the bytes as they came, and they come once.
 * - Compare the path without its query.
 * - With no `next` there is no error handler: what fails on our side is answered with 500 or 503, and only `onOutcome`
 *   tells you.
 */
import { createServer, type Server } from 'node:http';
import { type WebhookOptions, whatsappGatewayWebhook } from 'express-whatsapp-gateway';

const WEBHOOK_PATH = '/webhooks/whatsapp-gateway';

/** `options`: `secret`, `onMessage`, `onOptOut` and so on, as in Express. */
export function createWebhookServer(options: WebhookOptions): Server {
  const webhook = whatsappGatewayWebhook({
    onOutcome: ({ type, error }) => {
      if (type === 'failed' || type === 'timed_out') console.error(error);
    },
    ...options,
  });
  return createServer((request, response) => {
    const [path] = (request.url ?? '').split('?');
    if (path === WEBHOOK_PATH) {
      webhook(request, response);
      return;
    }
    // Your own routes.
    response.writeHead(404).end();
  });
}
