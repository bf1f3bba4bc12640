/**
 * The webhook in a NestJS app on Express, with handlers that use injected providers.
 *
 * ```ts
 * const app = await NestFactory.create<NestExpressApplication>(AppModule, { rawBody: true });
 * app.useBodyParser('json', { limit: '1mb' }); // Nest's own limit is 100 kB
 * ```
 *
 * Pitfalls:
 * - Without `rawBody: true` Nest parses the JSON and throws the signed bytes away. Every delivery then ends in 500
 *   `raw_body_unavailable`, which the log explains.
 * - Take the request with `@Req()`, not the body with `@Body()`: a global `ValidationPipe` would strip or refuse fields.
 * - A global guard must let this route in (most have a `@Public()`), and a throttler leave it alone: the signature is its
 *   authentication. `setGlobalPrefix` and versioning change its path: enter the changed one in the gateway's dashboard.
 * - `@Res()` without `passthrough` keeps interceptors that wrap every answer away from this one.
 * - This is for the Express platform. On Fastify's, see fastify.ts.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Inject, Injectable, Logger, Module, Post, Req, Res } from '@nestjs/common';
import {
  type WebhookMiddleware,
  type WebhookOptions,
  whatsappGatewayWebhook,
} from 'express-whatsapp-gateway';

/** Stands for your own service: see the recipes for opt-outs. */
@Injectable()
export class OptOuts {
  readonly phones: Set<string> = new Set();

  async record(phone: string, _at: Date): Promise<void> {
    this.phones.add(phone);
  }
}

const WEBHOOK = Symbol('WEBHOOK');
const logger = new Logger('WhatsAppWebhook');

/** All options of the webhook. Its handlers may use whatever is injected here. */
function webhookOptions(optOuts: OptOuts): WebhookOptions {
  return {
    secret: process.env.WHATSAPP_GATEWAY_WEBHOOK_SECRET,
    onOptOut: (_event, { phone, timestamp }) => optOuts.record(phone, timestamp),
    onOutcome: ({ status, error }) => {
      // Our own faults; a bad delivery is the sender's.
      if (status >= 500) logger.error(error?.message, error?.cause);
    },
  };
}

@Controller('webhooks/whatsapp-gateway')
class WhatsAppWebhookController {
  readonly #webhook: WebhookMiddleware;

  constructor(@Inject(WEBHOOK) webhook: WebhookMiddleware) {
    this.#webhook = webhook;
  }

  /** With no `next` the webhook answers everything itself: Nest's exception filter would turn 503 into 500. */
  @Post()
  receive(@Req() request: IncomingMessage, @Res() response: ServerResponse): void {
    this.#webhook(request, response);
  }
}

@Module({
  controllers: [WhatsAppWebhookController],
  providers: [
    OptOuts,
    {
      provide: WEBHOOK,
      inject: [OptOuts],
      useFactory: (optOuts: OptOuts) => whatsappGatewayWebhook(webhookOptions(optOuts)),
    },
  ],
  exports: [OptOuts],
})
export class WhatsAppModule {}
