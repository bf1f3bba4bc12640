import { describe, expect, test } from 'vitest';
import { createPause, readPause } from '../../src/bullmq/pause.ts';
import { type Answering, answerRefused, answerSent, startCountingGateway } from './support/gateway.ts';
import { MESSAGE, makeSendQueue, makeSendWorker, queueName, senderTo, useRedis } from './support/queues.ts';
import { until } from './support/until.ts';

const redis = useRedis();

describe('a gateway that throttles', () => {
  test('is asked by no worker until its time is over, and no message is lost or starved', async () => {
    const LIMIT = 10;
    const WINDOW_MS = 1_000;
    const MESSAGES = 35;
    // Windows as a gateway counts them: by its clock, not from the first message.
    const accepted = new Map<number, number>();
    const refusedAt: number[] = [];
    const throttling: Answering = (post, response, count) => {
      const now = Date.now();
      const window = Math.floor(now / WINDOW_MS);
      const used = accepted.get(window) ?? 0;
      if (used < LIMIT) {
        accepted.set(window, used + 1);
        return answerSent(post, response, count);
      }
      refusedAt.push(now);
      const details = { limit: LIMIT, used };
      return answerRefused(
        429,
        'sending_throttled',
        { details },
        { 'retry-after': '1' },
      )(post, response, count);
    };
    const gateway = await startCountingGateway(throttling);
    const common = { connection: redis.connection, name: queueName() };
    const queue = makeSendQueue(common);
    for (let number = 0; number < MESSAGES; number += 1) {
      await queue.add({ ...MESSAGE, message: `text ${number}` });
    }
    const sender = senderTo(gateway.url);
    const workers = Array.from({ length: 4 }, () => makeSendWorker({ ...common, sender, concurrency: 2 }));
    await until('all are sent', async () => (await queue.counts()).sent === MESSAGES);
    expect(Math.max(...accepted.values())).toBeLessThanOrEqual(LIMIT);
    expect(await queue.counts()).toMatchObject({ waiting: 0, delayed: 0, failed: 0, unknown: 0 });
    const outcomes = workers.flatMap((worker) => worker.outcomes);
    expect(outcomes.every(({ type }) => type === 'sent')).toBe(true);
    // Each pause costs as many refusals as there were sends under way, and no more.
    const pauses = refusedAt.filter((at, index) => at - (refusedAt[index - 1] ?? 0) > WINDOW_MS / 2).length;
    expect(refusedAt.length).toBeLessThanOrEqual(pauses * 8);
  });

  test('and says that the fair use of a day is used up stops the queue until the day turns', async () => {
    const gateway = await startCountingGateway(
      answerRefused(429, 'sending_throttled', { details: { limit: 100, used: 100 } }),
    );
    const common = { connection: redis.connection, name: queueName() };
    const queue = makeSendQueue(common);
    await queue.add(MESSAGE, { id: 'first' });
    await queue.add(MESSAGE, { id: 'second' });
    makeSendWorker({ ...common, sender: senderTo(gateway.url), concurrency: 1 });
    makeSendWorker({ ...common, sender: senderTo(gateway.url), concurrency: 1 });
    await until('it pauses', async () => (await queue.counts()).throttledUntil !== null);
    await until('all wait', async () => (await queue.counts()).waiting === 2);
    const now = Date.now();
    const midnight = Math.ceil(now / 86_400_000) * 86_400_000 + 60_000;
    const { throttledUntil } = await queue.counts();
    expect(Math.abs((throttledUntil?.getTime() ?? 0) - midnight)).toBeLessThan(5_000);
    expect(await queue.failedSends()).toEqual([]);
    expect(gateway.posts.length).toBeLessThanOrEqual(2);
  });

  test('and asks for a wait that makes no sense is asked again within a month', async () => {
    const gateway = await startCountingGateway(
      answerRefused(429, 'sending_throttled', {}, { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }),
    );
    const common = { connection: redis.connection, name: queueName() };
    const queue = makeSendQueue(common);
    await queue.add(MESSAGE);
    makeSendWorker({ ...common, sender: senderTo(gateway.url) });
    await until('it pauses', async () => (await queue.counts()).throttledUntil !== null);
    const { throttledUntil } = await queue.counts();
    expect(throttledUntil?.getTime()).toBeLessThan(Date.now() + 32 * 86_400_000);
  });

  test('holds up a worker that has a job but has not sent it', async () => {
    const gateway = await startCountingGateway();
    const common = { connection: redis.connection, name: queueName() };
    const queue = makeSendQueue(common);
    await queue.add(MESSAGE, { id: 'one' });
    const pause = createPause(redis.client, `bull:${common.name}:limiter`);
    let pauses = 0;
    makeSendWorker(
      { ...common, sender: senderTo(gateway.url) },
      {
        intents: (real) => ({
          ...real,
          take: async (...taking) => {
            if (pauses === 0) await pause(400);
            pauses += 1;
            return real.take(...taking);
          },
        }),
      },
    );
    await until('it waits again', async () => (await queue.counts()).waiting === 1);
    expect(gateway.posts).toHaveLength(0);
    await until('it is sent', async () => (await queue.find('one'))?.state === 'sent');
    expect(pauses).toBe(2);
  });
});

describe('a pause', () => {
  test('is only ever made longer', async () => {
    const key = `bull:${queueName()}:limiter`;
    const pause = createPause(redis.client, key);
    await pause(60_000);
    await pause(1_000);
    const until = await readPause(redis.client, key, 0);
    expect(until?.getTime()).toBeGreaterThan(50_000);
    await pause(90_000);
    expect((await readPause(redis.client, key, 0))?.getTime()).toBeGreaterThan(80_000);
  });

  test('does not shorten the window of a rate limit', async () => {
    const key = `bull:${queueName()}:limiter`;
    await redis.client.set(key, 3, 'PX', 60_000);
    expect(await readPause(redis.client, key, 0)).toBeNull();
    await createPause(redis.client, key)(1_000);
    expect((await readPause(redis.client, key, 0))?.getTime()).toBeGreaterThan(50_000);
  });

  test('ends by itself', async () => {
    const key = `bull:${queueName()}:limiter`;
    await createPause(redis.client, key)(20);
    await expect.poll(() => readPause(redis.client, key, 0)).toBeNull();
  });
});
