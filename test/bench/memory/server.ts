import { createServer } from 'node:http';
import { memoryDeliveryStore, whatsappGatewayWebhook } from 'express-whatsapp-gateway';
import { answerParent, tell } from '../harness/child.ts';
import { SECRET } from '../support/delivery.ts';
import { collected } from './collected.ts';

// A clock that runs as many times faster as the parent says, from when it says.
const [startedAt = '0', speed = '1'] = process.argv.slice(2);
const now = (): number => Number(startedAt) + (Date.now() - Number(startedAt)) * Number(speed);

const outcomes: Record<string, number> = {};
const server = createServer(
  { keepAliveTimeout: 0 },
  whatsappGatewayWebhook({
    secret: SECRET,
    now,
    // Small, so that it is full for nearly all of the time.
    deliveries: memoryDeliveryStore({ maxEntries: 1_000, now }),
    onMessage: ({ message_text: text }) => {
      if (text === 'fail') throw new Error('The handler fails.');
    },
    onOutcome: ({ type }) => {
      outcomes[type] = (outcomes[type] ?? 0) + 1;
    },
  }),
);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  tell({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});

answerParent(async () => ({ outcomes, ...(await collected()) }));
