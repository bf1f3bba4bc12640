import { describe, expect, test } from 'vitest';
import type { Internals } from '../../src/bullmq/internals.ts';
import { type Answering, answerRefused, answerSent, startCountingGateway } from './support/gateway.ts';
import { MESSAGE, makeSendQueue, makeSendWorker, queueName, senderTo, useRedis } from './support/queues.ts';
import { startWorkerProcess } from './support/start-worker-process.ts';
import { until } from './support/until.ts';
import type { HoldPoint, WorkerProcessSettings } from './support/worker-process.ts';

const redis = useRedis();
const ID = 'order-1042';

/** A first worker, in its own process, that has the message and stands still with it. */
async function standWith(
  hold: HoldPoint,
  { answering = answerSent, ...settings }: Partial<WorkerProcessSettings> & { answering?: Answering } = {},
) {
  const gateway = await startCountingGateway(answering);
  const common = { connection: redis.connection, name: queueName() };
  const sender = senderTo(gateway.url);
  const queue = makeSendQueue(common);
  const { url } = redis.connection;
  const worker = await startWorkerProcess({ ...settings, url, name: common.name, sender }, hold);
  await queue.add(MESSAGE, { id: ID });
  await worker.stands;
  /** A second worker, which finds what the first left. */
  const startSecond = (internals?: Internals) => makeSendWorker({ ...common, sender }, internals);
  return { gateway, queue, worker, startSecond };
}

describe('a worker that is killed', () => {
  test('before its intent leaves a message that the next one sends', async () => {
    const { gateway, queue, worker, startSecond } = await standWith('before_intent');
    await worker.kill();
    const second = startSecond();
    await until('it is sent', () => second.outcomes.length > 0);
    expect(second.outcomes).toMatchObject([{ type: 'sent', id: ID, run: 2 }]);
    expect(await queue.find(ID)).toMatchObject({ state: 'sent' });
    expect(gateway.posts).toHaveLength(1);
  });

  test.each<[HoldPoint, number]>([
    ['after_intent', 0],
    ['after_answer', 1],
  ])('%s leaves a message that nobody sends again', async (hold, posts) => {
    const { gateway, queue, worker, startSecond } = await standWith(hold);
    await worker.kill();
    const second = startSecond();
    await until('it is given up', () => second.outcomes.length > 0);
    expect(second.outcomes).toMatchObject([{ type: 'unknown', id: ID, code: 'worker_lost' }]);
    expect(await queue.unknownSends()).toMatchObject([{ id: ID, code: 'worker_lost' }]);
    expect(gateway.posts).toHaveLength(posts);
  });

  test('while the gateway reads leaves a message that nobody sends again', async () => {
    const { gateway, queue, worker, startSecond } = await standWith('before_intent', {
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
    const { gateway, queue, worker, startSecond } = await standWith('after_answer');
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
    const { gateway, queue, worker, startSecond } = await standWith('after_intent');
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

describe('a worker that is stopped past its lock and goes on', () => {
  test('before its intent sends nothing that another has sent', async () => {
    const { gateway, queue, worker, startSecond } = await standWith('before_intent');
    worker.signal('SIGSTOP');
    const second = startSecond();
    await until('it is sent', () => second.outcomes.length > 0);
    worker.signal('SIGCONT');
    worker.goOn();
    await queue.add(MESSAGE, { id: 'next' });
    await gateway.untilPosts(2);
    await until('both are sent', async () => (await queue.counts()).sent === 2);
    expect(gateway.posts).toHaveLength(2);
    expect(await queue.find(ID)).toMatchObject({ state: 'sent', messageId: 'msg-1' });
  });

  test('after its intent does not send, frees the message, and it is sent once', async () => {
    const { gateway, queue, worker, startSecond } = await standWith('after_intent');
    worker.signal('SIGSTOP');
    const second = startSecond();
    await until('it is given up', () => second.outcomes.length > 0);
    expect(second.outcomes).toMatchObject([{ type: 'unknown', code: 'worker_lost' }]);
    worker.signal('SIGCONT');
    worker.goOn();
    await until('it is sent', async () => (await queue.find(ID))?.state === 'sent');
    expect(gateway.posts).toHaveLength(1);
    expect(await queue.counts()).toMatchObject({ sent: 1, unknown: 0, failed: 0 });
  });

  test('after the answer tells the truth, and it wins', async () => {
    const { gateway, queue, worker, startSecond } = await standWith('after_answer');
    worker.signal('SIGSTOP');
    const second = startSecond();
    await until('it is given up', () => second.outcomes.length > 0);
    expect(await queue.find(ID)).toMatchObject({ state: 'unknown' });
    worker.signal('SIGCONT');
    worker.goOn();
    expect(await worker.outcome).toMatchObject({ outcome: 'sent' });
    expect(await queue.find(ID)).toEqual({ id: ID, state: 'sent', messageId: 'msg-1', logId: 1 });
    expect(await queue.counts()).toMatchObject({ sent: 1, unknown: 0, failed: 0 });
    expect(await queue.unknownSends()).toEqual([]);
    expect(gateway.posts).toHaveLength(1);
  });

  test('while the gateway refuses tells so, and it wins', async () => {
    let answer: () => void = () => undefined;
    const { gateway, queue, worker, startSecond } = await standWith('before_intent', {
      answering: (post, response, count) => {
        answer = () => void answerRefused(403, 'policy_violation')(post, response, count);
      },
    });
    worker.goOn();
    await gateway.untilPosts(1);
    worker.signal('SIGSTOP');
    const second = startSecond();
    await until('it is given up', () => second.outcomes.length > 0);
    answer();
    worker.signal('SIGCONT');
    await until('the refusal is known', async () => (await queue.find(ID))?.state === 'failed');
    expect(await queue.failedSends()).toMatchObject([{ id: ID, code: 'policy_violation' }]);
    expect(await queue.unknownSends()).toEqual([]);
    expect(gateway.posts).toHaveLength(1);
  });

  test('does not send what a person has sent again meanwhile', async () => {
    const { gateway, queue, worker, startSecond } = await standWith('after_intent');
    worker.signal('SIGSTOP');
    const second = startSecond();
    await until('it is given up', () => second.outcomes.length > 0);
    await queue.sendAgain(ID);
    await until('it is sent', async () => (await queue.find(ID))?.state === 'sent');
    worker.signal('SIGCONT');
    worker.goOn();
    await queue.add(MESSAGE, { id: 'next' });
    await until('both are sent', async () => (await queue.counts()).sent === 2);
    expect(gateway.posts).toHaveLength(2);
  });
});

// The proof that the tests above can fail.
describe('without the intent', () => {
  test.each<[string, Partial<WorkerProcessSettings>]>([
    ['and with jobs run again however often', {}],
    ["and with BullMQ's own maxStalledCount of 1", { maxStalledCount: 1 }],
  ])('%s, a message is sent twice', async (_name, settings) => {
    const { gateway, worker, startSecond } = await standWith('after_answer', {
      ...settings,
      withIntents: false,
    });
    await worker.kill();
    const { maxStalledCount } = settings;
    startSecond({
      ...(maxStalledCount !== undefined && { maxStalledCount }),
      intents: (real) => ({ ...real, take: async () => ({ type: 'ours' }) }),
    });
    await gateway.untilPosts(2);
    expect(gateway.posts).toHaveLength(2);
  });
});
