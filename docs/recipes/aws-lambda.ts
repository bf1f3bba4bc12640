/**
 * The webhook on AWS Lambda, behind a function URL or an HTTP API of API Gateway (payload format 2.0).
 *
 * ```ts
 * const redis = new Redis(process.env.REDIS_URL, { enableOfflineQueue: false, maxRetriesPerRequest: 1 }); // ioredis
 * await redis.ping(); // connects while the function starts
 *
 * export const handler = whatsappLambda({
 *   secret: process.env.WHATSAPP_GATEWAY_WEBHOOK_SECRET,
 *   deliveries: redisDeliveryStore({ sendCommand: (...args) => redis.call(...args) }),
 *   handlerTimeoutMs: 8_000,
 *   onMessage: (event, { phone }) => inbox.add(phone, event.message_text),
 *   onOptOut: (_event, { phone, timestamp }) => optOuts.record(phone, timestamp),
 * });
 * ```
 *
 * Pitfalls:
 * - The memory store is not enough: copies of one delivery meet different instances. Redis or PostgreSQL, reached from
 *   the function's network, remembers for all.
 * - The body may come as base64, and whether it does depends on the content type. To sign or parse `event.body` as it is
 *   fails for some deliveries.
 * - A function has three seconds unless you set more. It has to outlive `handlerTimeoutMs`, or nobody is answered.
 * - The instance is frozen with its answer. Await everything: what a handler leaves running may never end.
 * - The older format 1.0 (REST APIs, load balancers) has the method elsewhere: `event.httpMethod`. It keeps the headers'
 *   capitals, which does no harm here.
 */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { createWebhookReceiver, type WebhookOptions } from 'express-whatsapp-gateway';

type LambdaHandler = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

/** `options`: `secret`, `onMessage`, `onOptOut` and so on, as in Express, but with a store that is shared. */
export function whatsappLambda(
  options: WebhookOptions & Required<Pick<WebhookOptions, 'deliveries'>>,
): LambdaHandler {
  const receiver = createWebhookReceiver(options);
  return async function handler({ requestContext, headers, body = '', isBase64Encoded }) {
    const answer = await receiver.receive({
      method: requestContext.http.method,
      headers,
      rawBody: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
    });
    // Our own faults; a bad delivery is the sender's.
    if (answer.status >= 500) console.error(answer.error);
    return { statusCode: answer.status, headers: answer.headers, body: answer.body };
  };
}
