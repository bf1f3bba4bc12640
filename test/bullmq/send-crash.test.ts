import { describe, expect, test } from 'vitest';
import { useRedis } from './support/queues.ts';
import { ID, standWith } from './support/stand-with.ts';
import { until } from './support/until.ts';
import type { HoldPoint, WorkerProcessSettings } from './support/worker-process.ts';

const redis = useRedis();

describe('a worker that is killed', () => {
  test('before its intent leaves a message that the next one sends', async () => {
    const { gateway, queue, worker, startSecond } = await standWith(redis, 'before_intent');
    await worker.kill();
    const second = startSecond();
    await until('it is sent', () => second.outcomes.length > 0);
    expect(second.outcomes).toMatchObject([{ type: 'sent', id: ID }]);
    expect(second.outcomes[0]?.run).toBeGreaterThan(1);
    expect(await queue.find(ID)).toMatchObject({ state: 'sent' });
    expect(gateway.posts).toHaveLength(1);
  });

  test.each<[HoldPoint, number]>([
    ['after_intent', 0],
    ['after_answer', 1],
  ])('%s leaves a message that nobody sends again', async (hold, posts) => {
    const { gateway, queue, worker, startSecond } = await standWith(redis, hold);
    await worker.kill();
    const second = startSecond();
    await until('it is given up', () => second.outcomes.length > 0);
    expect(second.outcomes).toMatchObject([{ type: 'unknown', id: ID, code: 'worker_lost' }]);
    expect(await queue.unknownSends()).toMatchObject([{ id: ID, code: 'worker_lost' }]);
    expect(gateway.posts).toHaveLength(posts);
  });

  test('while the gateway reads leaves a message that nobody sends again', async () => {
    const { gateway, queue, worker, startSecond } = await standWith(redis, 'before_intent', {
      answering: () => undefined,
    });
    worker.goOn();
    await gateway.untilPosts(1);
    await worker.kill();
    const second = startSecond();
    await until('it is given up', () => second.outcomes.length > 0);
    expect(await queue.find(ID)).toEqual({ id: ID, state: 'unknown', code: 'worker_lost' });
    expect(gateway.posts).toHaveLength(1);
  });

  test('leaves a message that a person can call sent', async () => {
    const { gateway, queue, worker, startSecond } = await standWith(redis, 'after_answer');
    await worker.kill();
    const second = startSecond();
    await until('it is given up', () => second.outcomes.length > 0);
    await queue.markSent(ID, { messageId: 'seen-in-the-dashboard' });
    expect(await queue.find(ID)).toEqual({
      id: ID,
      state: 'sent',
      messageId: 'seen-in-the-dashboard',
      logId: null,
    });
    expect(await queue.counts()).toMatchObject({ sent: 1, unknown: 0, failed: 0 });
    await expect(queue.sendAgain(ID)).rejects.toMatchObject({ code: 'wrong_state' });
    expect(gateway.posts).toHaveLength(1);
  });

  test('leaves a message that only a person can send again, once', async () => {
    const { gateway, queue, worker, startSecond } = await standWith(redis, 'after_intent');
    await worker.kill();
    const second = startSecond();
    await until('it is given up', () => second.outcomes.length > 0);
    const decisions = await Promise.allSettled([
      queue.sendAgain(ID),
      queue.sendAgain(ID),
      queue.markSent(ID),
    ]);
    expect(decisions.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await until('it is decided', async () => (await queue.find(ID))?.state === 'sent');
    expect(gateway.posts.length).toBeLessThanOrEqual(1);
  });
});

// The proof that the tests above can fail.
describe('without the intent', () => {
  test.each<[string, Partial<WorkerProcessSettings>]>([
    ['and with jobs run again however often', {}],
    // A lock that a busy machine does not let run out by itself: only one loss is allowed.
    ["and with BullMQ's own maxStalledCount of 1", { maxStalledCount: 1, lockMs: 5_000 }],
  ])('%s, a message is sent twice', async (_name, settings) => {
    const { gateway, worker, startSecond } = await standWith(redis, 'after_answer', {
      ...settings,
      withIntents: false,
    });
    await worker.kill();
    startSecond({
      ...settings,
      intents: (real) => ({ ...real, take: async () => ({ type: 'ours' }) }),
    });
    await gateway.untilPosts(2);
    expect(gateway.posts).toHaveLength(2);
  });
});
