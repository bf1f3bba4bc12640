import express, { type Express } from 'express';
import {
  createSender,
  isSendError,
  type MessageReceivedEvent,
  whatsappGatewayWebhook,
} from 'express-whatsapp-gateway';

export interface Settings {
  secret: string;
  apiKey: string;
  instanceId: string;
  gatewayUrl: string;
  /** The user table, by phone as it was typed at sign-up: some with a plus sign, some without. */
  users: Map<string, { optedOut: boolean }>;
  /** A table beside it: every opt-out in E.164, also of people who are not users yet. */
  optOuts: Set<string>;
}

export function createApp({ secret, apiKey, instanceId, gatewayUrl, users, optOuts }: Settings): Express {
  const rows = (phone: string) => [phone, phone.slice(1)].flatMap((spelling) => users.get(spelling) ?? []);

  const sender = createSender({
    apiKey,
    instanceId,
    baseUrl: gatewayUrl,
    isSuppressed: (phone) => optOuts.has(phone) || rows(phone).some(({ optedOut }) => optedOut),
  });

  async function reply(event: MessageReceivedEvent): Promise<void> {
    try {
      await sender.reply(event, { message: 'أهلاً! سنرد عليك قريبًا.', purpose: 'support' });
    } catch (error) {
      // Fail only where to do it again is safe: then the gateway brings the message back.
      if (!isSendError(error) || error.retryable) throw error;
      console.error(error.code, error.outcome);
    }
  }

  const app = express();

  app.post(
    '/webhooks/whatsapp-gateway',
    whatsappGatewayWebhook({
      secret,
      onMessage: reply,
      onOptOut: (_event, { phone }) => {
        optOuts.add(phone);
        for (const user of rows(phone)) user.optedOut = true;
      },
    }),
  );

  app.use(express.json());

  app.post('/orders/ready', async (req, res) => {
    await sender.send({ phone: req.body.phone, message: 'طلبك جاهز.', purpose: 'transactional' });
    res.send('ok');
  });

  return app;
}
