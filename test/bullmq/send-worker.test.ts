import { describe, expect, test } from 'vitest';
import { createSender } from '../../src/sender/sender.ts';
import { type Answering, answerRefused, answerSent, startCountingGateway } from './support/gateway.ts';
import {
  MESSAGE,
  makeSendQueue,
  makeSendWorker,
  PHONE,
  queueName,
  senderTo,
  TEXT,
  useRedis,
} from './support/queues.ts';
import { until } from './support/until.ts';

const redis = useRedis();

async function setUp(answering: Answering = answerSent) {
  const gateway = await startCountingGateway(answering);
  const common = { connection: redis.connection, name: queueName() };
  return { gateway, common, queue: makeSendQueue(common), sender: senderTo(gateway.url) };
}

describe('a queued message', () => {
  test('is sent once, and its record has what the gateway said', async () => {
    const { gateway, common, queue, sender } = await setUp();
    const { id } = await queue.add({ ...MESSAGE, phone: '00966 50-123-4567' });
    const worker = makeSendWorker({ ...common, sender });
    await until('it is sent', () => worker.outcomes.length > 0);
    expect(worker.outcomes).toEqual([{ type: 'sent', id, messageId: 'msg-1', logId: 1, run: 1 }]);
    expect(gateway.posts).toEqual([{ phone: PHONE, message: TEXT, instanceId: 'inst-1' }]);
    expect(await queue.find(id)).toEqual({ id, state: 'sent', messageId: 'msg-1', logId: 1 });
    expect(await queue.counts()).toEqual({
      waiting: 0,
      delayed: 0,
      active: 0,
      sent: 1,
      failed: 0,
      unknown: 0,
      throttledUntil: null,
    });
  });

  test('goes through the instance it names, by a sender that is left open', async () => {
    const { gateway, common, queue, sender } = await setUp();
    const own = createSender(sender);
    await queue.add({ ...MESSAGE, instanceId: 'inst-2' });
    const worker = makeSendWorker({ ...common, sender: own });
    await gateway.untilPosts(1);
    await worker.close();
    expect(gateway.posts[0]?.instanceId).toBe('inst-2');
    await own.send(MESSAGE);
    expect(gateway.posts).toHaveLength(2);
    await own.close();
  });

  test.each([
    [422, 'validation_error'],
    [401, 'revoked_api_key'],
    [403, 'policy_violation'],
    [403, 'recipient_suppressed'],
    [403, 'something_new'],
  ])('that is refused with %i %s fails at once', async (status, code) => {
    const { gateway, common, queue, sender } = await setUp(answerRefused(status, code));
    const { id } = await queue.add(MESSAGE);
    const worker = makeSendWorker({ ...common, sender });
    await until('it failed', () => worker.outcomes.length > 0);
    expect(worker.outcomes).toMatchObject([{ type: 'refused', id, code, run: 1 }]);
    expect(gateway.posts).toHaveLength(1);
    expect(await queue.failedSends()).toMatchObject([
      { id, code, phone: PHONE, purpose: 'transactional', runs: 1, failedAt: expect.any(Date) },
    ]);
    expect(await queue.unknownSends()).toEqual([]);
    expect(await queue.counts()).toMatchObject({ failed: 1, unknown: 0 });
  });

  test('to somebody who opted out meanwhile is not sent', async () => {
    const { gateway, common, queue, sender } = await setUp();
    const optedOut = new Set<string>();
    const { id } = await queue.add(MESSAGE);
    optedOut.add(PHONE);
    const isSuppressed = (phone: string) => optedOut.has(phone);
    const worker = makeSendWorker({ ...common, sender: { ...sender, isSuppressed } });
    await until('it failed', () => worker.outcomes.length > 0);
    expect(await queue.find(id)).toEqual({ id, state: 'failed', code: 'recipient_suppressed' });
    expect(gateway.posts).toHaveLength(0);
  });

  test('that provably was not sent is tried again', async () => {
    const { gateway, common, queue, sender } = await setUp();
    let asked = 0;
    const isSuppressed = () => {
      asked += 1;
      if (asked < 4) throw new Error('The database is away.');
      return false;
    };
    const { id } = await queue.add(MESSAGE);
    const worker = makeSendWorker({ ...common, sender: { ...sender, isSuppressed } });
    await until('it is sent', () => worker.outcomes.length === 4);
    expect(worker.outcomes.map(({ type, code, run }) => [type, code, run])).toEqual([
      ['retry', 'suppression_check_failed', 1],
      ['retry', 'suppression_check_failed', 2],
      ['retry', 'suppression_check_failed', 3],
      ['sent', undefined, 4],
    ]);
    expect(await queue.find(id)).toMatchObject({ state: 'sent' });
    expect(gateway.posts).toHaveLength(1);
  });

  test('is given up after as many tries as allowed, and can be sent again by hand', async () => {
    const { gateway, common, queue, sender } = await setUp();
    const { id } = await queue.add(MESSAGE);
    const unreachable = senderTo('http://127.0.0.1:1', { retry: { unsent: 0 } });
    const worker = makeSendWorker({ ...common, sender: unreachable, attempts: 3 });
    await until('it failed', () => worker.outcomes.length === 3);
    expect(worker.outcomes.map(({ type, code }) => [type, code])).toEqual([
      ['retry', 'connection_failed'],
      ['retry', 'connection_failed'],
      ['refused', 'connection_failed'],
    ]);
    await worker.close();
    expect(await queue.failedSends()).toMatchObject([{ id, code: 'connection_failed', runs: 3 }]);
    await queue.sendAgain(id);
    expect(await queue.counts()).toMatchObject({ waiting: 1, failed: 0 });
    const next = makeSendWorker({ ...common, sender, attempts: 1 });
    await until('it is sent', () => next.outcomes.length === 1);
    expect(next.outcomes).toMatchObject([{ type: 'sent', id, run: 1 }]);
    expect(gateway.posts).toHaveLength(1);
  });

  test.each([
    ['is not understood', answerRefused(500, 'oops'), 'oops'],
    ['breaks off', ((_post, response) => void response.destroy()) satisfies Answering, 'connection_failed'],
  ])(
    'whose answer %s is given up as unknown, and never sent again by itself',
    async (_name, answering, code) => {
      const { gateway, common, queue, sender } = await setUp(answering);
      const { id } = await queue.add(MESSAGE);
      const before = Date.now();
      const worker = makeSendWorker({ ...common, sender });
      await until('it is given up', () => worker.outcomes.length > 0);
      expect(worker.outcomes).toMatchObject([{ type: 'unknown', id, code, run: 1 }]);
      expect(await queue.counts()).toMatchObject({ failed: 0, unknown: 1 });
      const [unknown] = await queue.unknownSends();
      expect(unknown).toMatchObject({ id, code, phone: PHONE, purpose: 'transactional', runs: 1 });
      expect(unknown?.begunAt.getTime()).toBeGreaterThanOrEqual(before);
      expect(await queue.find(id)).toEqual({ id, state: 'unknown', code });
      expect(await queue.failedSends()).toEqual([]);
      expect(gateway.posts).toHaveLength(1);
    },
  );

  test('leaves its phone number and its text in its data and nowhere else', async () => {
    const echo: Answering = (post, response) =>
      answerRefused(422, 'validation_error', { message: `${post.phone} ${post.message}` })(post, response, 1);
    const { common, queue, sender } = await setUp(echo);
    const { id } = await queue.add(MESSAGE);
    const worker = makeSendWorker({ ...common, sender });
    await until('it failed', () => worker.outcomes.length > 0);
    const { data, ...rest } = await redis.client.hgetall(`bull:${common.name}:send-${id}`);
    expect(data).toContain(TEXT);
    const events = await redis.client.xrange(`bull:${common.name}:events`, '-', '+');
    const shown = JSON.stringify([rest, events, worker.outcomes, worker.errors]);
    expect(shown).toContain('validation_error');
    expect(shown).not.toContain(TEXT);
    expect(shown).not.toContain(PHONE.slice(1));
  });

  test('that another program put there and that is no message is refused', async () => {
    const { gateway, common, queue, sender } = await setUp();
    const worker = makeSendWorker({ ...common, sender });
    const { Queue } = await import('bullmq');
    const bare = new Queue(common.name, { connection: redis.connection });
    await bare.add('send', { to: PHONE }, { jobId: 'theirs' });
    await until('it failed', () => worker.outcomes.length > 0);
    expect(worker.outcomes).toMatchObject([{ type: 'refused', id: 'theirs', code: 'invalid_job' }]);
    expect(await queue.failedSends()).toMatchObject([{ id: 'theirs', phone: undefined }]);
    expect(gateway.posts).toHaveLength(0);
    await bare.close();
  });
});

describe('a worker', () => {
  test('that closes lets what is under way end, and takes nothing more', async () => {
    const { gateway, common, queue, sender } = await setUp(async (post, response, count) => {
      await queue.add(MESSAGE, { id: 'second' });
      void worker.close();
      await answerSent(post, response, count);
    });
    await queue.add(MESSAGE, { id: 'first' });
    const worker = makeSendWorker({ ...common, sender, concurrency: 1 });
    await gateway.untilPosts(1);
    await worker.close();
    expect(await queue.find('first')).toMatchObject({ state: 'sent' });
    expect(await queue.find('second')).toMatchObject({ state: 'waiting' });
    expect(gateway.posts).toHaveLength(1);
  });

  test('that may not wait any longer ends a send, and says that nobody knows', async () => {
    const { gateway, common, queue, sender } = await setUp(() => undefined);
    const { id } = await queue.add(MESSAGE);
    const worker = makeSendWorker({ ...common, sender, closeTimeoutMs: 50 });
    await gateway.untilPosts(1);
    await worker.close();
    expect(await queue.find(id)).toEqual({ id, state: 'unknown', code: 'aborted' });
  });

  test('whose listener throws goes on', async () => {
    const { common, queue, sender } = await setUp();
    const errors: Error[] = [];
    const onOutcome = () => {
      throw new Error('The log is full.');
    };
    makeSendWorker({ ...common, sender, onOutcome, onError: (error) => errors.push(error) });
    await queue.add(MESSAGE, { id: 'a' });
    await queue.add(MESSAGE, { id: 'b' });
    await until('both are sent', async () => (await queue.counts()).sent === 2);
    expect(errors.map(({ message }) => message)).toContain('The log is full.');
  });

  test('begins no more sends than the rate limit allows', async () => {
    const { gateway, common, queue, sender } = await setUp();
    for (let number = 0; number < 6; number += 1) await queue.add(MESSAGE);
    const rateLimit = { max: 2, perMs: 400 };
    const startedAt = performance.now();
    makeSendWorker({ ...common, sender, rateLimit });
    makeSendWorker({ ...common, sender, rateLimit });
    await gateway.untilPosts(6);
    expect(performance.now() - startedAt).toBeGreaterThan(750);
  });
});
