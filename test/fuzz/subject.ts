import {
  createEventQueue,
  createEventWorker,
  createSendQueue,
  createSendWorker,
} from '../../src/bullmq/index.ts';
import {
  createSender,
  createWebhookReceiver,
  memoryDeliveryStore,
  normalizePhone,
  verifyWebhook,
  whatsappGatewayWebhook,
} from '../../src/index.ts';
import { redisDeliveryStore } from '../../src/redis.ts';
import { signWebhook, startGatewayEmulator } from '../../src/testing/index.ts';

/** What the campaigns attack: the package, or one that a test has weakened to see that a campaign finds it. */
export const realSubject = {
  createEventQueue,
  createEventWorker,
  createSendQueue,
  createSendWorker,
  createSender,
  createWebhookReceiver,
  memoryDeliveryStore,
  normalizePhone,
  redisDeliveryStore,
  signWebhook,
  startGatewayEmulator,
  verifyWebhook,
  whatsappGatewayWebhook,
};

/** Everything that the campaigns call. */
export type Subject = typeof realSubject;
