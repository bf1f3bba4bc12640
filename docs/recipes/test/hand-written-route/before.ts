import { createHmac } from 'node:crypto';
import express, { type Express } from 'express';

export interface Settings {
  secret: string;
  apiKey: string;
  instanceId: string;
  gatewayUrl: string;
  /** The user table, by phone as it was typed at sign-up: some with a plus sign, some without. */
  users: Map<string, { optedOut: boolean }>;
}

export function createApp({ secret, apiKey, instanceId, gatewayUrl, users }: Settings): Express {
  async function send(phone: string, message: string): Promise<void> {
    if (users.get(phone)?.optedOut) return;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const response = await fetch(`${gatewayUrl}/api/send-message`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
          body: JSON.stringify({ instance_id: instanceId, phone, message, message_purpose: 'transactional' }),
        });
        if (!response.ok) throw new Error(`The gateway answered ${response.status}.`);
        return;
      } catch (error) {
        if (attempt === 3) throw error;
      }
    }
  }

  const app = express();
  app.use(express.json());

  app.post('/webhooks/whatsapp-gateway', (req, res) => {
    const signature = req.get('X-WhatsApp-Gateway-Signature');
    const timestamp = req.get('X-WhatsApp-Gateway-Timestamp');
    if (signature) {
      const text = `${timestamp}.${JSON.stringify(req.body)}`;
      const expected = `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;
      if (signature !== expected) {
        res.status(401).send('bad signature');
        return;
      }
    }
    res.send('ok');

    const { event, from } = req.body;
    if (event === 'message.received') {
      send(from, 'أهلاً! سنرد عليك قريبًا.').catch(console.error);
    }
    if (event === 'recipient.opted_out') {
      const user = users.get(from);
      if (user) user.optedOut = true;
    }
  });

  app.post('/orders/ready', async (req, res) => {
    await send(req.body.phone, 'طلبك جاهز.');
    res.send('ok');
  });

  return app;
}
