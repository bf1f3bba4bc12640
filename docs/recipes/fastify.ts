/**
 * The webhook in a Fastify app.
 *
 * ```ts
 * const app = fastify({ logger: true });
 * await app.register(whatsappWebhook({
 *   secret: process.env.WHATSAPP_GATEWAY_WEBHOOK_SECRET,
 *   onMessage: (event, { phone }) => inbox.add(phone, event.message_text),
 *   onOptOut: (_event, { phone, timestamp }) => optOuts.record(phone, timestamp),
 * }));
 * ```
 *
 * Pitfalls:
 * - Fastify parses JSON before a route sees it, and the bytes that were signed are gone. Here they are kept, by a parser
 *   that holds for this plugin alone: do not wrap it in `fastify-plugin`, which would take JSON from all of your routes.
 * - Fastify refuses a body over its own `bodyLimit` (1 MiB) before us. Keep it in step with `bodyLimitBytes`.
 * - `preParsing` hooks that inflate or change the body, and authentication in an `onRequest` hook of the whole app,
 *   come before the route: leave this path out.
 */
import { createWebhookReceiver, type WebhookOptions } from 'express-whatsapp-gateway';
import type { FastifyPluginAsync } from 'fastify';

/** `options`: `secret`, `onMessage`, `onOptOut` and so on, as in Express. */
export function whatsappWebhook(options: WebhookOptions): FastifyPluginAsync {
  const receiver = createWebhookReceiver(options);
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes));
    app.post('/webhooks/whatsapp-gateway', async (request, reply) => {
      const { status, headers, body, error } = await receiver.receive({
        headers: request.headers,
        rawBody: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        request: request.raw,
      });
      // Our own faults; a bad delivery is the sender's.
      if (status >= 500) request.log.error({ err: error }, 'WhatsApp webhook');
      return reply.code(status).headers(headers).send(body);
    });
  };
}
