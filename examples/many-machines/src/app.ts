import express, { type ErrorRequestHandler, type Express } from 'express';
import { isSendError, type WebhookOutcome, whatsappGatewayWebhook } from 'express-whatsapp-gateway';
import { type EventQueue, isQueueError, type SendQueue } from 'express-whatsapp-gateway/bullmq';
import type { PostgresDeliveryStore } from '../../../docs/recipes/postgres-delivery-store.ts';
import { recordOptOut } from './opt-outs.ts';

export interface AppParts {
  readonly deliveries: PostgresDeliveryStore;
  readonly events: EventQueue;
  readonly sends: SendQueue;
  readonly webhookSecret: string;
  readonly eventIdField: string | undefined;
  readonly log: (line: string) => void;
}

export function createApp({
  deliveries,
  events,
  sends,
  webhookSecret,
  eventIdField,
  log,
}: AppParts): Express {
  const app = express();

  // Above express.json(): the signature covers the bytes as they came.
  app.post(
    '/webhooks/whatsapp-gateway',
    whatsappGatewayWebhook({
      secret: webhookSecret,
      deliveries,
      // A retry may be signed again and then looks new; the gateway's own id of the event does not change.
      deliveryKey: (event, digest) => {
        const id: unknown = eventIdField === undefined ? undefined : Reflect.get(event, eventIdField);
        return typeof id === 'string' ? id : digest;
      },
      // Written before it is answered: an opt-out that only waits in a queue stops nothing.
      onOptOut: deliveries.inTransaction((_event, { phone, timestamp, deliveryKey }, client) =>
        recordOptOut(client, { phone, at: timestamp, deliveryKey }),
      ),
      // Everything else is answered as soon as it is queued.
      onEvent: events.add,
      onOutcome: ({ type, status, event, error }: WebhookOutcome) =>
        log(['webhook', type, status, event, error?.code].filter(Boolean).join(' ')),
    }),
  );

  app.use(express.json());

  app.post('/orders/:id/shipped', async (req, res) => {
    const { id } = req.params;
    const message = `طلبك رقم ${id} في الطريق إليك.`;
    // However often this is called for one order, the customer is told once.
    const sendId = `order-${id}-shipped`;
    await sends.add({ phone: req.body?.phone, message, purpose: 'transactional' }, { id: sendId });
    res.status(202).json({ queued: sendId });
  });

  app.get('/sends/:id', async (req, res) => {
    const send = await sends.find(req.params.id);
    res.status(send === undefined ? 404 : 200).json(send ?? { error: 'no_such_send' });
  });

  app.get('/status', async (_req, res) => {
    res.json({ events: await events.counts(), sends: await sends.counts() });
  });

  const reportError: ErrorRequestHandler = (error, _req, res, next) => {
    if (res.headersSent) {
      next(error);
      return;
    }
    if (isSendError(error)) {
      res.status(422).json({ error: error.code });
      return;
    }
    log(`error: ${error.message}${error.cause ? ` (cause: ${error.cause})` : ''}`);
    const status = isQueueError(error) ? 503 : (error.status ?? 500);
    res.status(status).json({ error: error.code ?? 'internal_error' });
  };
  app.use(reportError);

  return app;
}
