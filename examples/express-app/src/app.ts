import express, { type ErrorRequestHandler, type Express } from 'express';
import {
  isSendError,
  type MessageReceivedEvent,
  normalizePhone,
  type Sender,
  type WebhookOutcome,
  whatsappGatewayWebhook,
} from 'express-whatsapp-gateway';
import type { Database } from './database.ts';
import { users } from './schema.ts';
import { recordOptOut, setOrderStatus } from './users.ts';

export interface AppOptions {
  db: Database;
  sender: Sender;
  webhookSecret: string;
  log?: (line: string) => void;
}

const ORDER_MESSAGES: Readonly<Record<string, string>> = {
  preparing: 'طلبك قيد التحضير.',
  out_for_delivery: 'طلبك في الطريق إليك.',
  delivered: 'تم توصيل طلبك. شكرًا لك!',
};

export function createApp({ db, sender, webhookSecret, log = console.log }: AppOptions): Express {
  const app = express();

  async function reply(event: MessageReceivedEvent): Promise<void> {
    try {
      await sender.reply(event, { message: 'أهلاً! استلمنا رسالتك وسنرد عليك قريبًا.', purpose: 'support' });
    } catch (error) {
      // Where trying again is safe, fail, so that the gateway brings the message back. Else once is enough: the reply
      // may have gone out already, or will never be let out.
      if (!isSendError(error) || error.retryable) throw error;
      log(`reply: ${error.code}, outcome ${error.outcome}`);
    }
  }

  // Above express.json(): the signature covers the bytes as they came.
  app.post(
    '/webhooks/whatsapp-gateway',
    whatsappGatewayWebhook({
      secret: webhookSecret,
      onMessage: reply,
      onOptOut: (_event, { phone, timestamp }) => recordOptOut(db, phone, timestamp),
      onOutcome: ({ type, status, event, error }: WebhookOutcome) =>
        log(['webhook:', type, status, event, error?.code].filter(Boolean).join(' ')),
    }),
  );

  app.use(express.json());

  app.post('/users', async (req, res) => {
    const { name, phone } = req.body ?? {};
    if (typeof name !== 'string' || typeof phone !== 'string' || normalizePhone(phone) === undefined) {
      res.status(422).json({ error: 'name_and_international_phone_required' });
      return;
    }
    const [user] = await db.insert(users).values({ name, phone }).returning();
    res.status(201).json(user);
  });

  app.post('/orders/:id/status', async (req, res) => {
    const { status } = req.body ?? {};
    const message = ORDER_MESSAGES[status];
    if (message === undefined) {
      res.status(422).json({ error: 'unknown_status', known: Object.keys(ORDER_MESSAGES) });
      return;
    }
    const user = await setOrderStatus(db, Number(req.params.id), status);
    if (!user) {
      res.status(404).json({ error: 'no_such_order' });
      return;
    }
    try {
      const { messageId } = await sender.send({ phone: user.phone, message, purpose: 'transactional' });
      res.json({ status, whatsapp: 'sent', messageId });
    } catch (error) {
      // The order has its new status whatever became of the message.
      if (!isSendError(error)) throw error;
      res.json({ status, whatsapp: error.outcome, error: error.code });
    }
  });

  const reportError: ErrorRequestHandler = (error, _req, res, next) => {
    log(`error: ${error.message}${error.cause ? ` (cause: ${error.cause})` : ''}`);
    if (res.headersSent) {
      next(error);
      return;
    }
    res.status(error.status ?? 500).json({ error: error.code ?? 'internal_error' });
  };
  app.use(reportError);

  return app;
}
