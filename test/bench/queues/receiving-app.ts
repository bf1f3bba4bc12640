/** One web process: it answers deliveries in the way that its argument names, and tells what it costs the processor. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Queue } from 'bullmq';
import express, { type RequestHandler } from 'express';
import { type WebhookOptions, whatsappGatewayWebhook } from 'express-whatsapp-gateway';
import { createEventQueue } from 'express-whatsapp-gateway/bullmq';
import { redisDeliveryStore } from 'express-whatsapp-gateway/redis';
import { Redis } from 'ioredis';
import { answerParent, tell } from '../harness/child.ts';
import { SECRET } from '../support/delivery.ts';

/** How a web process receives. */
export type Receiving = 'hand' | 'queue' | 'memory' | 'redis';

const [receiving = '', url = ''] = process.argv.slice(2);
const A_DAY_S = 86_400;

/** What one writes by hand: the bytes, the signature, JSON, and a job whose id is the digest of what was signed. */
function byHand(): RequestHandler[] {
  const queue = new Queue('hand', { connection: { url } });
  const kept = { attempts: 20, removeOnComplete: { age: A_DAY_S } };
  return [
    express.raw({ type: 'application/json', limit: '1mb' }),
    async (request, response) => {
      const timestamp = request.get('x-whatsapp-gateway-timestamp') ?? '';
      const signature = Buffer.from(request.get('x-whatsapp-gateway-signature') ?? '');
      const digest = createHmac('sha256', SECRET).update(`${timestamp}.`).update(request.body).digest('hex');
      const expected = Buffer.from(`sha256=${digest}`);
      if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
        response.status(401).end();
        return;
      }
      await queue.add('event', JSON.parse(request.body.toString('utf8')), { ...kept, jobId: digest });
      response.send('ok');
    },
  ];
}

function byWebhook(options: Omit<WebhookOptions, 'secret'>): RequestHandler[] {
  return [whatsappGatewayWebhook({ secret: SECRET, ...options })];
}

function handlers(): RequestHandler[] {
  const onEvent = (): void => undefined;
  switch (receiving) {
    case 'hand':
      return byHand();
    case 'queue':
      return byWebhook({ deliveries: false, onEvent: createEventQueue({ connection: { url } }).add });
    case 'memory':
      return byWebhook({ onEvent });
    case 'redis': {
      const redis = new Redis(url);
      const sendCommand = (command: string, ...args: string[]) => redis.call(command, ...args);
      return byWebhook({ deliveries: redisDeliveryStore({ sendCommand }), onEvent });
    }
    default:
      throw new Error('There is no such way to receive.');
  }
}

const app = express();
app.post('/webhook', ...handlers());
const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  tell({ port });
  answerParent(() => process.cpuUsage());
});
