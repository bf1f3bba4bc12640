import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { createSender } from 'express-whatsapp-gateway';
import { startGatewayEmulator } from 'express-whatsapp-gateway/testing';
import { createApp } from '../src/app.ts';
import { openDatabase } from '../src/database.ts';
import { hasOptedOut } from '../src/users.ts';
import { playConversation } from './conversation.ts';
import { ORDER_OF_NOURA, seed } from './seed.ts';

const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
const WEBHOOK_PATH = '/webhooks/whatsapp-gateway';
const webhookSecret = 'whsec_example_only';

const gateway = await startGatewayEmulator();
const database = await openDatabase(process.env.DATABASE_URL);
await seed(database.db);

const sender = createSender({
  apiKey: gateway.apiKey,
  instanceId: gateway.instanceId,
  baseUrl: gateway.url,
  isSuppressed: (phone) => hasOptedOut(database.db, phone),
});
const app = createApp({
  db: database.db,
  sender,
  webhookSecret,
  log: (line) => console.log(`     app says   ${line}`),
});
const server = app.listen(Number(process.env.PORT ?? 0), '127.0.0.1');
await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
  console.error(
    `The app cannot listen on port ${process.env.PORT}: ${error.code}. Set PORT to another, or leave it out.`,
  );
  process.exit(1);
});
const appUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
gateway.setWebhook({ url: `${appUrl}${WEBHOOK_PATH}`, secret: webhookSecret });

async function stop(): Promise<void> {
  server.close();
  server.closeAllConnections();
  await sender.close();
  await gateway.close();
  await database.close();
}

console.log(`
An Express app on ${appUrl}, with its users in ${database.kind}.
A gateway on ${gateway.url}: an emulator of WhatsApp Gateway, no account needed.
Its chat page, where you play the customer: ${gateway.url}/
`);

try {
  await playConversation({ gateway, appUrl, db: database.db });
} catch (error) {
  console.error(`\n  ✗ ${error instanceof Error ? error.message : error}\n`);
  await stop();
  process.exit(1);
}

if (values.once) {
  await stop();
} else {
  console.log(`Both go on running until Ctrl-C. Try:

  Write to the app as a customer, opt out, and see every delivery and its signature:

    ${gateway.url}/

  Tell Noura, who has not opted out, that her order is on its way (the app sends, the gateway takes it):

    curl -X POST ${appUrl}/orders/${ORDER_OF_NOURA}/status -H 'Content-Type: application/json' -d '{"status":"delivered"}'

  Send the webhook something that the gateway did not sign (401):

    curl -i -X POST ${appUrl}${WEBHOOK_PATH} -H 'Content-Type: application/json' -d '{"event":"recipient.opted_out","from":"+966501234567"}'
`);
  await once(process, 'SIGINT');
  console.log('\nStopping.');
  await stop();
}
