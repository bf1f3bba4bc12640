import { Queue } from 'bullmq';
import { describe, expect, onTestFinished, test } from 'vitest';
import { messageReceived, recipientOptedOut } from '../../src/testing/events.ts';
import type { WebhookEvent } from '../../src/webhook/event.ts';
import { deferred } from '../support/deferred.ts';
import { makeEventQueue, makeEventWorker, PHONE, queueName, useRedis } from './support/queues.ts';
import { until } from './support/until.ts';

const redis = useRedis();
const TEXT = 'أين طلبي؟';

async function setUp(event: WebhookEvent = messageReceived({ message_text: TEXT })) {
  const common = { connection: redis.connection, name: queueName() };
  const queue = makeEventQueue(common);
  const deliveryKey = `key:${common.name}`;
  const context = { deliveryKey, timestamp: new Date(), secretIndex: 0 };
  await queue.add(event, context);
  return { common, queue, deliveryKey, context };
}

describe('a handler that fails', () => {
  test('is called again, until it does not', async () => {
    const { common, deliveryKey } = await setUp();
    const attempts: number[] = [];
    const worker = makeEventWorker({
      ...common,
      onEvent: async (_event, { attempt }) => {
        attempts.push(attempt);
        if (attempt < 3) throw new Error(`No: ${TEXT}`);
      },
    });
    await until('it is handled', () => worker.outcomes.length === 3);
    expect(attempts).toEqual([1, 2, 3]);
    expect(worker.outcomes).toMatchObject([
      { type: 'retry', deliveryKey, attempt: 1, error: new Error(`No: ${TEXT}`) },
      { type: 'retry', attempt: 2 },
      { type: 'handled', attempt: 3 },
    ]);
  });

  test('for good leaves a dead event, which can be handled again by hand', async () => {
    const { common, queue, deliveryKey, context } = await setUp();
    let isBroken = true;
    const worker = makeEventWorker({
      ...common,
      attempts: 2,
      onMessage: () => {
        if (isBroken) throw new Error(`No: ${PHONE} ${TEXT}`);
      },
    });
    await until('it is dead', () => worker.outcomes.length === 2);
    expect(worker.outcomes.map(({ type }) => type)).toEqual(['retry', 'dead']);
    expect(await queue.deadEvents()).toMatchObject([
      { deliveryKey, code: 'handler_failed', attempts: 2, event: { message_text: TEXT } },
    ]);
    expect(await queue.counts()).toMatchObject({ dead: 1 });
    // A copy of a dead event is still a copy.
    await queue.add(messageReceived(), context);
    expect(await queue.counts()).toMatchObject({ waiting: 0, dead: 1 });
    const { data: _, ...rest } = await redis.client.hgetall(
      `bull:${common.name}:event-${deliveryKey.replace(':', '%3A')}`,
    );
    const events = await redis.client.xrange(`bull:${common.name}:events`, '-', '+');
    expect(JSON.stringify(rest)).toContain('handler_failed');
    expect(JSON.stringify([rest, events])).not.toContain(TEXT);
    isBroken = false;
    await queue.retryDead(deliveryKey);
    await until('it is handled', () => worker.outcomes.length === 3);
    expect(worker.outcomes[2]).toMatchObject({ type: 'handled', attempt: 1 });
    await expect(queue.retryDead(deliveryKey)).rejects.toMatchObject({ code: 'wrong_state' });
    await expect(queue.retryDead('nobody')).rejects.toMatchObject({ code: 'job_not_found' });
  });

  test('because the phone of an opt-out is none leaves a dead event, and never a silent success', async () => {
    const { common, queue } = await setUp(recipientOptedOut({ from: 'nobody' }));
    makeEventWorker({ ...common, attempts: 1, onOptOut: (_event, { phone }) => phone });
    await until('it is dead', async () => (await queue.counts()).dead === 1);
    expect(await queue.deadEvents()).toMatchObject([{ code: 'handler_failed' }]);
  });

  test('by taking too long is told so and tried again', async () => {
    const { common } = await setUp();
    const reasons: unknown[] = [];
    const worker = makeEventWorker({
      ...common,
      handlerTimeoutMs: 50,
      onMessage: (_event, { attempt, signal }) => {
        if (attempt > 1) return undefined;
        return new Promise(() => signal.addEventListener('abort', () => reasons.push(signal.reason)));
      },
    });
    await until('it is handled', () => worker.outcomes.length === 2);
    expect(worker.outcomes.map(({ type }) => type)).toEqual(['retry', 'handled']);
    expect(reasons).toMatchObject([{ message: 'handler_timeout' }]);
  });
});

describe('a worker', () => {
  test('that closes waits for its handlers, and ends them after a while', async () => {
    const { common, queue } = await setUp();
    const begun = deferred();
    const worker = makeEventWorker({
      ...common,
      closeTimeoutMs: 50,
      minDelayMs: 2_000_000_000,
      maxDelayMs: 2_000_000_000,
      onMessage: () => {
        begun.resolve();
        return new Promise(() => undefined);
      },
    });
    await begun.promise;
    await worker.close();
    expect(worker.outcomes).toMatchObject([{ type: 'retry' }]);
    expect(await queue.counts()).toMatchObject({ delayed: 1, active: 0, dead: 0 });
  });

  test('that loses its lock has its event handled again', async () => {
    const { common, deliveryKey } = await setUp();
    const begun = deferred();
    const hung = deferred();
    const first = makeEventWorker({
      ...common,
      onMessage: async () => {
        begun.resolve();
        await hung.promise;
      },
    });
    await begun.promise;
    void first.close();
    const key = `bull:${common.name}:event-${deliveryKey.replace(':', '%3A')}:lock`;
    await redis.client.del(key);
    const second = makeEventWorker({ ...common, onMessage: () => undefined });
    await until('it is handled', () => second.outcomes.length === 1);
    expect(second.outcomes).toMatchObject([{ type: 'handled', attempt: 2 }]);
    hung.resolve();
    await first.close();
  });

  test('calls an event dead that was interrupted again and again', async () => {
    const { common, queue } = await setUp();
    const begun = deferred();
    const hung = deferred();
    const first = makeEventWorker(
      {
        ...common,
        onMessage: async () => {
          begun.resolve();
          await hung.promise;
        },
      },
      { maxStalledCount: 0 },
    );
    await begun.promise;
    void first.close();
    const [job] = await redis.client.keys(`bull:${common.name}:*:lock`);
    await redis.client.del(job ?? '');
    makeEventWorker({ ...common, onMessage: () => undefined }, { maxStalledCount: 0 });
    await until('it is dead', async () => (await queue.counts()).dead === 1);
    hung.resolve();
  });

  test('refuses what another program put there and is no event', async () => {
    const { common, queue } = await setUp();
    const bare = new Queue(common.name, { connection: redis.connection });
    onTestFinished(() => bare.close());
    await bare.add('event', { hello: 'x' }, { jobId: 'theirs' });
    makeEventWorker({ ...common, onEvent: () => undefined });
    await until('it is dead', async () => (await queue.counts()).dead === 1);
    expect(await queue.deadEvents()).toMatchObject([{ deliveryKey: 'theirs', code: 'invalid_job' }]);
  });
});
