import { expect, onTestFinished, test } from 'vitest';
import { messageReceived } from '../../src/testing/events.ts';
import { startOwnRedis } from '../support/redis.ts';
import { answerSent, startCountingGateway } from './support/gateway.ts';
import {
  MESSAGE,
  makeEventQueue,
  makeEventWorker,
  makeSendQueue,
  makeSendWorker,
  QUICK,
  senderTo,
} from './support/queues.ts';
import { until } from './support/until.ts';

const COUNT = 120;

test('a Redis that is killed and restarted in the middle loses nothing, and nothing is sent twice', async () => {
  const own = await startOwnRedis({ appendfsync: 'always' });
  onTestFinished(() => own.stop());
  const gateway = await startCountingGateway();
  const common = { connection: { url: own.url }, name: 'restart' };
  const queue = makeSendQueue(common);
  for (let number = 0; number < COUNT; number += 1) {
    await queue.add({ ...MESSAGE, message: `text ${number}` }, { id: `order-${number}` });
  }
  const sender = senderTo(gateway.url);
  makeSendWorker({ ...common, sender, concurrency: 4 });
  makeSendWorker({ ...common, sender, concurrency: 4 });
  for (const posts of [20, 60]) {
    await gateway.untilPosts(posts);
    await own.halt('SIGKILL');
    await own.start();
  }
  const isDone = async (): Promise<boolean> => {
    const counts = await queue.counts().catch(() => undefined);
    return counts !== undefined && counts.sent + counts.unknown + counts.failed === COUNT;
  };
  await until('all are accounted for', isDone);
  const { sent, unknown, failed } = await queue.counts();
  expect(failed).toBe(0);
  // What was under way when Redis was killed may be unknown; everything else was sent.
  expect(unknown).toBeLessThanOrEqual(16);
  expect(sent + unknown).toBe(COUNT);
  expect(Math.max(...gateway.countsByText().values())).toBe(1);
});

test('an answer that comes while Redis is away is written down when it is back', async () => {
  const own = await startOwnRedis({ appendfsync: 'always' });
  onTestFinished(() => own.stop());
  let answer: () => void = () => undefined;
  const gateway = await startCountingGateway((post, response, count) => {
    answer = () => void answerSent(post, response, count);
  });
  const common = { connection: { url: own.url } };
  const queue = makeSendQueue(common);
  const worker = makeSendWorker({ ...common, sender: senderTo(gateway.url) });
  await queue.add(MESSAGE, { id: 'order-1' });
  await gateway.untilPosts(1);
  await own.halt('SIGKILL');
  answer();
  // Redis has to forget whose job it was.
  const lockEndsAt = performance.now() + (QUICK.lockMs ?? 0);
  await until('the lock is over', () => worker.errors.length > 0 && performance.now() > lockEndsAt);
  await own.start();
  await until('it is known', async () => {
    const found = await queue.find('order-1').catch(() => undefined);
    return found?.state === 'sent';
  });
  expect(await queue.find('order-1')).toMatchObject({ messageId: 'msg-1' });
  expect(gateway.posts).toHaveLength(1);
});

test('events that were answered survive it', async () => {
  const own = await startOwnRedis({ appendfsync: 'always' });
  onTestFinished(() => own.stop());
  const common = { connection: { url: own.url } };
  const queue = makeEventQueue(common);
  for (let number = 0; number < 30; number += 1) {
    const context = { deliveryKey: `key-${number}`, timestamp: new Date(), secretIndex: 0 };
    await queue.add(messageReceived({ message_text: `text ${number}` }), context);
  }
  await own.halt('SIGKILL');
  await own.start();
  const handled = new Set<string>();
  makeEventWorker({ ...common, onMessage: (event) => handled.add(event.message_text) });
  await until('all are handled', () => handled.size === 30);
});
