import { createSender } from 'express-whatsapp-gateway';
import { createApp } from './app.ts';
import { openDatabase } from './database.ts';
import { hasOptedOut } from './users.ts';

const {
  DATABASE_URL,
  PORT = '3000',
  WHATSAPP_GATEWAY_BASE_URL,
  WHATSAPP_GATEWAY_WEBHOOK_SECRET = '',
} = process.env;

const { db } = await openDatabase(DATABASE_URL);
const sender = createSender({
  baseUrl: WHATSAPP_GATEWAY_BASE_URL,
  isSuppressed: (phone) => hasOptedOut(db, phone),
});
const app = createApp({ db, sender, webhookSecret: WHATSAPP_GATEWAY_WEBHOOK_SECRET });
app.listen(Number(PORT), () => console.log(`Listening on http://127.0.0.1:${PORT}`));
