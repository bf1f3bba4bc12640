import { Queue } from 'bullmq';
import { expect, onTestFinished, test } from 'vitest';
import { deferred } from '../support/deferred.ts';
import { type Answering, answerRefused, answerSent, reply, startCountingGateway } from './support/gateway.ts';
import { MESSAGE, makeSendQueue, makeSendWorker, queueName, senderTo, useRedis } from './support/queues.ts';
import { until } from './support/until.ts';

const redis = useRedis();
const NONE = { waiting: 0, delayed: 0, active: 0, sent: 0, failed: 0, unknown: 0, throttledUntil: null };

/** A gateway that does what the text of each message says, and holds what says so until it is let go. */
async function setUp() {
  const letGo = deferred();
  const answering: Answering = async (post, response, count) => {
    if (post.message === 'refuse') return answerRefused(422, 'validation_error')(post, response, count);
    if (post.message === 'break') return void response.destroy();
    if (post.message === 'throttle') {
      return reply(response, 429, { success: false, error: 'sending_throttled' }, { 'retry-after': '120' });
    }
    if (post.message === 'hold') await letGo.promise;
    return answerSent(post, response, count);
  };
  const gateway = await startCountingGateway(answering);
  const common = { connection: redis.connection, name: queueName() };
  const queue = makeSendQueue(common);
  const add = (message: string, delay = 0) => queue.add({ ...MESSAGE, message }, { id: message, delay });
  const startWorker = (concurrency = 1) =>
    makeSendWorker({ ...common, sender: senderTo(gateway.url), concurrency });
  return { common, queue, gateway, add, startWorker, letGo };
}

test('every message is in exactly one of the counts, at every step of its way', async () => {
  const { queue, gateway, add, startWorker, letGo } = await setUp();
  expect(await queue.counts()).toEqual(NONE);
  await add('later', 3_600_000);
  for (const message of ['send', 'refuse', 'break', 'hold', 'wait']) await add(message);
  expect(await queue.counts()).toEqual({ ...NONE, waiting: 5, delayed: 1 });
  startWorker();
  await gateway.untilPosts(4);
  const atHold = { ...NONE, waiting: 1, delayed: 1, active: 1, sent: 1, failed: 1, unknown: 1 };
  await until('it holds one', async () => (await queue.counts()).unknown === 1);
  expect(await queue.counts()).toEqual(atHold);
  letGo.resolve();
  await until('the rest is sent', async () => (await queue.counts()).sent === 3);
  expect(await queue.counts()).toEqual({ ...NONE, delayed: 1, sent: 3, failed: 1, unknown: 1 });
  await queue.markSent('break');
  expect(await queue.counts()).toEqual({ ...NONE, delayed: 1, sent: 4, failed: 1 });
});

test('a pause that the gateway asks for is told until it ends, and what it holds up waits', async () => {
  const { common, queue, gateway, add, startWorker } = await setUp();
  const before = Date.now();
  await add('throttle');
  await add('wait');
  const worker = startWorker();
  await until('it pauses', async () => (await queue.counts()).throttledUntil !== null);
  await until('all wait', async () => (await queue.counts()).waiting === 2);
  const { throttledUntil, ...counts } = await queue.counts();
  expect(throttledUntil?.getTime()).toBeGreaterThan(before + 100_000);
  expect(throttledUntil?.getTime()).toBeLessThanOrEqual(Date.now() + 120_000);
  expect({ ...counts, throttledUntil: null }).toEqual({ ...NONE, waiting: 2 });
  expect(worker.outcomes).toEqual([]);
  expect(gateway.posts).toHaveLength(1);
  await redis.client.pexpire(`bull:${common.name}:limiter`, 1);
  await until('the pause is over', async () => (await queue.counts()).throttledUntil === null);
});

test('a message that is to be tried again is delayed, and one that nobody works on waits', async () => {
  const { common, queue, add } = await setUp();
  await add('send');
  const unreachable = senderTo('http://127.0.0.1:1', { retry: { unsent: 0 } });
  const retried = makeSendWorker({
    ...common,
    sender: unreachable,
    minDelayMs: 2_000_000_000,
    maxDelayMs: 2_000_000_000,
  });
  await until('it failed once', () => retried.outcomes.length > 0);
  expect(await queue.counts()).toEqual({ ...NONE, delayed: 1 });
  await retried.close();
  const bare = new Queue(common.name, { connection: redis.connection });
  onTestFinished(() => bare.close());
  await bare.pause();
  await add('wait');
  expect(await queue.counts()).toEqual({ ...NONE, delayed: 1, waiting: 1 });
});
