/** Makes everything there is with a Redis that is not there, closes it, and must end by itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createEventQueue,
  createEventWorker,
  createSendQueue,
  createSendWorker,
} from '../../../src/bullmq/index.ts';

const common = { connection: { host: '127.0.0.1', port: 1 }, onError: () => undefined };
const sender = {
  send: async () => {
    throw new Error('Nothing can come to be sent.');
  },
};
const all = [
  createSendQueue(common),
  createSendWorker({ ...common, sender, closeTimeoutMs: 100 }),
  createEventQueue(common),
  createEventWorker({ ...common, onEvent: () => undefined, closeTimeoutMs: 100 }),
];
// So that each has tried to connect.
await sleep(200);
await Promise.all(all.map((each) => each.close()));
process.stdout.write('closed');
