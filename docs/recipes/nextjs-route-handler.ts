/**
 * The webhook as a route handler of Next.js (App Router).
 *
 * ```ts
 * // app/webhooks/whatsapp-gateway/route.ts
 * export const runtime = 'nodejs';
 * export const POST = whatsappRoute(() => ({
 *   secret: process.env.WHATSAPP_GATEWAY_WEBHOOK_SECRET,
 *   deliveries: redisDeliveryStore({ sendCommand: (...args) => redis.call(...args) }),
 *   onMessage: (event, { phone }) => inbox.add(phone, event.message_text),
 *   onOptOut: (_event, { phone, timestamp }) => optOuts.record(phone, timestamp),
 * }));
 * ```
 *
 * Pitfalls:
 * - `request.json()` gives the signed bytes away. Take `arrayBuffer()`, once.
 * - `next build` loads the route without your secrets, so a receiver that is made at the top of the file fails the
 *   build. Here it is made at the first delivery, which is also when a bad option is told of.
 * - Leave the path out of your `proxy.ts` (once `middleware.ts`): the gateway follows no redirect, neither to a
 *   sign-in page, nor to another language, nor to the same address with or without its last slash (`trailingSlash`).
 * - Handlers run before the answer. What you give to `after()` is lost when the instance dies: the gateway has its 200
 *   by then and does not come again.
 * - Several instances share no memory: keep `deliveries` in Redis or PostgreSQL.
 * - It needs `node:crypto`, so not the Edge runtime. In the Pages Router, set `export const config = { api: { bodyParser:
 *   false } }` and hand request and response to `whatsappGatewayWebhook`.
 */
import { createWebhookReceiver, type WebhookOptions, type WebhookReceiver } from 'express-whatsapp-gateway';

/** `options` are asked for at the first delivery: `secret`, `onMessage`, `onOptOut` and so on, as in Express. */
export function whatsappRoute(options: () => WebhookOptions): (request: Request) => Promise<Response> {
  let receiver: WebhookReceiver | undefined;
  return async function POST(request) {
    receiver ??= createWebhookReceiver(options());
    const { status, headers, body, error } = await receiver.receive({
      headers: request.headers,
      rawBody: async () => new Uint8Array(await request.arrayBuffer()),
    });
    // Our own faults; a bad delivery is the sender's.
    if (status >= 500) console.error(error);
    return new Response(body, { status, headers });
  };
}
