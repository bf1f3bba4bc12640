import { Queue } from 'bullmq';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Intents, redisIntents } from '../../src/bullmq/intents.ts';
import { queueKeys } from '../../src/bullmq/keys.ts';
import { SendError } from '../../src/sender/errors.ts';
import type { SendResult } from '../../src/sender/sender.ts';
import { type Deferred, deferred } from '../support/deferred.ts';
import { startCountingGateway } from './support/gateway.ts';
import { MESSAGE, makeSendQueue, makeSendWorker, queueName, senderTo, useRedis } from './support/queues.ts';
import { until } from './support/until.ts';

const redis = useRedis();
const ID = 'order-1042';
const JOB = `send-${ID}`;
const SENT: SendResult = { status: 'sent', messageId: 'late', logId: 9, attempts: 1, durationMs: 1 };

function setUp() {
  const common = { connection: redis.connection, name: queueName() };
  const key = queueKeys({ prefix: 'bull', name: common.name });
  return {
    common,
    key,
    queue: makeSendQueue(common),
    intents: redisIntents(redis.client, key, { lockMs: 1_000 }),
  };
}

/**
 * A first worker that is at its send when it loses its lock, so that a second one, which may be held up on its way,
 * gets the message too.
 */
async function loseLock(second: (real: Intents) => Partial<Intents> = () => ({})) {
  const { common, key, queue, intents } = setUp();
  const gateway = await startCountingGateway();
  const answer: Deferred<SendResult> = deferred();
  const sending = deferred();
  const owner = makeSendWorker({
    ...common,
    sender: {
      send: () => {
        sending.resolve();
        return answer.promise;
      },
    },
  });
  await queue.add(MESSAGE, { id: ID });
  await sending.promise;
  // What a second worker does must not be done by the first one.
  const ownerIsDone = deferred();
  void owner.close().then(() => ownerIsDone.resolve());
  await redis.client.del(`${key(JOB)}:lock`);
  const other = makeSendWorker(
    { ...common, sender: senderTo(gateway.url) },
    { intents: (real) => ({ ...real, ...second(real) }) },
  );
  return { gateway, queue, intents, key, common, answer, owner, other, ownerIsDone };
}

/** Holds a second worker up between its look at the intent and its giving up. */
function holdAfterLook() {
  const looked = deferred();
  const goOn = deferred();
  const second = (real: Intents): Partial<Intents> => ({
    take: async (...taking) => {
      const taken = await real.take(...taking);
      if (taken.type === 'foreign') {
        looked.resolve();
        await goOn.promise;
      }
      return taken;
    },
  });
  return { looked, goOn, second };
}

describe('an intent', () => {
  test('is recorded once, however many try', async () => {
    const { key, queue, intents } = setUp();
    await queue.add(MESSAGE, { id: ID });
    await redis.client.set(`${key(JOB)}:lock`, 'token');
    const taken = await Promise.all(
      Array.from({ length: 50 }, (_, number) => intents.take(JOB, 'token', `attempt-${number}`)),
    );
    expect(taken.filter(({ type }) => type === 'ours')).toHaveLength(1);
    expect(taken.filter(({ type }) => type === 'foreign')).toHaveLength(49);
  });

  test('is found to be ours where a client that reconnected asks twice', async () => {
    const { key, queue, intents } = setUp();
    await queue.add(MESSAGE, { id: ID });
    await redis.client.set(`${key(JOB)}:lock`, 'token');
    expect(await intents.take(JOB, 'token', 'attempt')).toEqual({ type: 'ours' });
    expect(await intents.take(JOB, 'token', 'attempt')).toEqual({ type: 'ours' });
  });

  test('is refused to whom the job does not belong, and where its record is gone', async () => {
    const { key, queue, intents } = setUp();
    expect(await intents.take(JOB, 'token', 'attempt')).toEqual({ type: 'gone' });
    await queue.add(MESSAGE, { id: ID });
    expect(await intents.take(JOB, 'token', 'attempt')).toEqual({ type: 'lock_lost' });
    await redis.client.set(`${key(JOB)}:lock`, 'of another');
    expect(await intents.take(JOB, 'token', 'attempt')).toEqual({ type: 'lock_lost' });
    expect(await redis.client.hexists(key(JOB), 'wg:attempt')).toBe(0);
  });

  test('is taken away by its owner only', async () => {
    const { key, queue, intents } = setUp();
    await queue.add(MESSAGE, { id: ID });
    await redis.client.set(`${key(JOB)}:lock`, 'token');
    await intents.take(JOB, 'token', 'mine');
    expect(await intents.release(JOB, 'not mine', 'x')).toBe('not_ours');
    expect(await intents.settle(JOB, 'not mine', SENT)).toBe(false);
    await intents.note(JOB, 'not mine', 'x');
    expect(await intents.take(JOB, 'token', 'another')).toEqual({ type: 'foreign' });
    expect(await intents.release(JOB, 'mine', 'x')).toBe('released');
    expect(await intents.take(JOB, 'token', 'another')).toEqual({ type: 'ours' });
  });
});

describe('an answer that comes after the lock was lost', () => {
  test('and after the job was given up: sent', async () => {
    const { gateway, queue, answer, owner, other } = await loseLock();
    await until('it is given up', async () => (await queue.counts()).unknown === 1);
    answer.resolve(SENT);
    await until('it is known', async () => (await queue.counts()).sent === 1);
    expect(await queue.find(ID)).toEqual({ id: ID, state: 'sent', messageId: 'late', logId: 9 });
    await until('it is told', () => owner.outcomes.length === 1);
    expect(owner.outcomes).toEqual([{ type: 'sent', id: ID, messageId: 'late', logId: 9, run: 1 }]);
    expect(other.outcomes).toMatchObject([{ type: 'unknown', code: 'worker_lost' }]);
    expect(gateway.posts).toHaveLength(0);
  });

  test('just while the job is given up: sent', async () => {
    const { looked, goOn, second } = holdAfterLook();
    const { gateway, queue, answer, other, ownerIsDone } = await loseLock(second);
    await looked.promise;
    answer.resolve(SENT);
    await ownerIsDone.promise;
    goOn.resolve();
    await until('it is known', async () => (await queue.find(ID))?.state === 'sent');
    await until('it is told', () => other.outcomes.length === 1);
    expect(other.outcomes).toMatchObject([{ type: 'sent', id: ID, messageId: 'late' }]);
    expect(await queue.counts()).toMatchObject({ sent: 1, unknown: 0, failed: 0 });
    expect(gateway.posts).toHaveLength(0);
  });

  test('before anybody else has the job: the next run only completes it', async () => {
    const before = deferred();
    const { gateway, queue, key, answer, other, ownerIsDone } = await loseLock((real) => ({
      take: async (...taking) => {
        await before.promise;
        return real.take(...taking);
      },
    }));
    answer.resolve(SENT);
    await ownerIsDone.promise;
    before.resolve();
    await until('it is known', async () => (await queue.find(ID))?.state === 'sent');
    await until('it is told', () => other.outcomes.length === 1);
    expect(other.outcomes).toMatchObject([{ type: 'sent', id: ID, messageId: 'late', run: 2 }]);
    const events = await redis.client.xrange(key('events'), '-', '+');
    expect(JSON.stringify(events)).not.toContain('failed');
    expect(gateway.posts).toHaveLength(0);
  });

  test('and the process that gave it up died before it looked again: whoever reads the list sees it', async () => {
    const { looked, goOn, second } = holdAfterLook();
    const { key, queue, answer, ownerIsDone } = await loseLock((real) => ({
      ...second(real),
      reconcile: async () => ({ type: 'not_failed' }),
    }));
    await looked.promise;
    answer.resolve(SENT);
    await ownerIsDone.promise;
    goOn.resolve();
    await until('it is given up', async () => (await redis.client.zcard(key('failed'))) === 1);
    expect(await queue.unknownSends()).toEqual([]);
    expect(await queue.find(ID)).toMatchObject({ state: 'sent', messageId: 'late' });
  });

  const unreachable = () =>
    new SendError('x', { code: 'connection_failed', outcome: 'not_sent', retryable: true });

  test('and after the job was given up: not sent, so it is sent now', async () => {
    const { gateway, queue, answer } = await loseLock();
    await until('it is given up', async () => (await queue.counts()).unknown === 1);
    answer.reject(unreachable());
    await until('it is sent', async () => (await queue.find(ID))?.state === 'sent');
    expect(gateway.posts).toHaveLength(1);
  });

  test('just while the job is given up: not sent, so it is sent now', async () => {
    const { looked, goOn, second } = holdAfterLook();
    const { gateway, queue, answer, ownerIsDone } = await loseLock(second);
    await looked.promise;
    answer.reject(unreachable());
    await ownerIsDone.promise;
    goOn.resolve();
    await until('it is sent', async () => (await queue.find(ID))?.state === 'sent');
    expect(gateway.posts).toHaveLength(1);
  });

  test('and after a person called it sent: the person is believed', async () => {
    const { queue, answer, ownerIsDone } = await loseLock();
    await until('it is given up', async () => (await queue.counts()).unknown === 1);
    await queue.markSent(ID, { messageId: 'seen' });
    answer.reject(unreachable());
    await ownerIsDone.promise;
    expect(await queue.find(ID)).toMatchObject({ state: 'sent', messageId: 'seen' });
    expect(await queue.counts()).toMatchObject({ sent: 1, waiting: 0, delayed: 0 });
  });
});

describe('a dashboard', () => {
  test('that retries an unknown send does not send it', async () => {
    const { gateway, queue, common } = await loseLock();
    await until('it is given up', async () => (await queue.counts()).unknown === 1);
    const bare = new Queue(common.name, { connection: redis.connection });
    onTestFinished(() => bare.close());
    await (await bare.getJob(JOB))?.retry();
    await until('it is given up again', async () => (await queue.find(ID))?.state === 'unknown');
    await bare.retryJobs({ state: 'failed' });
    await until('it is given up again', async () => (await queue.find(ID))?.state === 'unknown');
    expect(gateway.posts).toHaveLength(0);
  });

  test('that retries a sent one does not send it again', async () => {
    const { queue, common } = setUp();
    const gateway = await startCountingGateway();
    await queue.add(MESSAGE, { id: ID });
    const worker = makeSendWorker({ ...common, sender: senderTo(gateway.url) });
    await until('it is sent', () => worker.outcomes.length === 1);
    const bare = new Queue(common.name, { connection: redis.connection });
    onTestFinished(() => bare.close());
    await (await bare.getJob(JOB))?.retry('completed');
    // BullMQ forgot the result when it was told to, so only the intent is left.
    await until('it is given up', () => worker.outcomes.length === 2);
    expect(await queue.find(ID)).toMatchObject({ state: 'unknown' });
    expect(gateway.posts).toHaveLength(1);
  });
});
