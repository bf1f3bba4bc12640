import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isQueueError, QueueError } from '../../src/bullmq/errors.ts';
import { createSendQueue } from '../../src/bullmq/send-queue.ts';
import { createSendWorker } from '../../src/bullmq/send-worker.ts';
import { isSendError } from '../../src/sender/errors.ts';
import { startOwnRedis } from '../support/redis.ts';
import { startCountingGateway } from './support/gateway.ts';
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
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/u;

function setUp() {
  const common = { connection: redis.connection, name: queueName() };
  return { common, queue: makeSendQueue(common) };
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail('It did not reject.'),
    (error: unknown) => error,
  );
}

describe('adding a message', () => {
  test.each([
    ['invalid_phone', { ...MESSAGE, phone: '0501234567' }],
    ['invalid_message', { ...MESSAGE, message: '  ' }],
    ['message_purpose_required', { phone: PHONE, message: TEXT }],
    ['message_purpose_not_allowed', { ...MESSAGE, purpose: 'marketing' }],
  ])('that has %s is refused at once', async (code, message) => {
    const { queue } = setUp();
    const error = await failureOf(queue.add(message as typeof MESSAGE));
    expect(isSendError(error)).toBe(true);
    expect(error).toMatchObject({ code, outcome: 'not_sent' });
    expect(String(error)).not.toContain(MESSAGE.phone.slice(4));
    expect(await queue.counts()).toMatchObject({ waiting: 0 });
  });

  test.each<[string, unknown, unknown]>([
    ['no object', PHONE, {}],
    ['a key nobody knows', { ...MESSAGE, text: 'x' }, {}],
    ['an instance that is none', { ...MESSAGE, instanceId: ' ' }, {}],
    ['an option nobody knows', MESSAGE, { jobId: 'x' }],
    ['an empty id', MESSAGE, { id: '' }],
    ['a delay before now', MESSAGE, { delay: -1 }],
    ['a delay of years', MESSAGE, { delay: 1e12 }],
  ])('with %s throws a TypeError that shows no phone', async (_name, message, options) => {
    const { queue } = setUp();
    const error = await failureOf(queue.add(message as typeof MESSAGE, options as object));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).not.toContain(PHONE.slice(1));
  });

  test('takes national numbers where it is told how', async () => {
    const { common } = setUp();
    const queue = makeSendQueue({ ...common, normalizePhone: (phone) => `+966${phone.slice(1)}` });
    const { id } = await queue.add({ ...MESSAGE, phone: '0501234567' }, { id: 'national' });
    const data = await redis.client.hget(`bull:${common.name}:send-${id}`, 'data');
    expect(JSON.parse(data ?? '')).toEqual(MESSAGE);
  });

  test('makes an id where none is given', async () => {
    const { queue } = setUp();
    const [first, second] = await Promise.all([queue.add(MESSAGE), queue.add(MESSAGE)]);
    expect(first.id).toMatch(UUID);
    expect(second.id).not.toBe(first.id);
  });

  test.each(['1042', '0', 'order:1042:paid', 'wait', 'meta', 'id', 'events', '%', 'طلب 1'])(
    'twice with the id %j queues and sends it once, also after it was sent',
    async (id) => {
      const gateway = await startCountingGateway();
      const { common, queue } = setUp();
      await Promise.all([queue.add(MESSAGE, { id }), queue.add(MESSAGE, { id })]);
      expect(await queue.counts()).toMatchObject({ waiting: 1 });
      const worker = makeSendWorker({ ...common, sender: senderTo(gateway.url) });
      await until('it is sent', async () => (await queue.find(id))?.state === 'sent');
      await queue.add(MESSAGE, { id });
      await queue.add(MESSAGE, { id: 'another' });
      await until('the other is sent', async () => (await queue.find('another'))?.state === 'sent');
      expect(gateway.posts).toHaveLength(2);
      await worker.close();
    },
  );

  test('with a delay sends it later', async () => {
    const gateway = await startCountingGateway();
    const { common, queue } = setUp();
    const startedAt = Date.now();
    await queue.add(MESSAGE, { id: 'later', delay: 250 });
    expect(await queue.counts()).toMatchObject({ delayed: 1, waiting: 0 });
    expect(await queue.find('later')).toEqual({ id: 'later', state: 'delayed' });
    makeSendWorker({ ...common, sender: senderTo(gateway.url) });
    await gateway.untilPosts(1);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(245);
  });
});

describe('records', () => {
  test('are kept for a time, and not by number', async () => {
    const gateway = await startCountingGateway();
    const common = { connection: redis.connection, name: queueName() };
    const queue = makeSendQueue({ ...common, keepSentMs: 1_000 });
    makeSendWorker({ ...common, sender: senderTo(gateway.url) });
    await queue.add(MESSAGE, { id: 'old' });
    await until('it is sent', async () => (await queue.find('old'))?.state === 'sent');
    // BullMQ looks at the time when the next one is done, by the time the last one was.
    await redis.client.zadd(`bull:${common.name}:completed`, Date.now() - 2_000, 'send-old');
    await queue.add(MESSAGE, { id: 'new' });
    await until('it is sent', async () => (await queue.find('new'))?.state === 'sent');
    expect(await queue.find('old')).toBeUndefined();
  });

  test('nobody has are not found', async () => {
    const { queue } = setUp();
    expect(await queue.find('nobody')).toBeUndefined();
    const missing = { code: 'job_not_found', id: 'nobody' };
    await expect(queue.markSent('nobody')).rejects.toMatchObject(missing);
    await expect(queue.sendAgain('nobody')).rejects.toMatchObject(missing);
    expect(isQueueError(await failureOf(queue.sendAgain('nobody')))).toBe(true);
    expect(isQueueError(new Error('x'))).toBe(false);
  });

  test('of messages that wait need no decision', async () => {
    const { queue } = setUp();
    await queue.add(MESSAGE, { id: 'waiting' });
    await expect(queue.markSent('waiting')).rejects.toMatchObject({ code: 'wrong_state' });
    await expect(queue.sendAgain('waiting')).rejects.toMatchObject({ code: 'wrong_state' });
    expect(await queue.find('waiting')).toMatchObject({ state: 'waiting' });
  });

  test('of failed sends are listed newest first, as many as asked for', async () => {
    const { common, queue } = setUp();
    for (const id of ['a', 'b', 'c']) await queue.add(MESSAGE, { id });
    const isSuppressed = () => true;
    makeSendWorker({
      ...common,
      concurrency: 1,
      sender: senderTo('https://gateway.invalid', { isSuppressed }),
    });
    await until('all failed', async () => (await queue.counts()).failed === 3);
    for (const [at, id] of ['b', 'c', 'a'].entries()) {
      await redis.client.zadd(`bull:${common.name}:failed`, Date.now() + at, `send-${id}`);
    }
    expect((await queue.failedSends({ limit: 2 })).map(({ id }) => id)).toEqual(['a', 'c']);
    await expect(queue.markSent('a')).rejects.toMatchObject({ code: 'wrong_state' });
    expect(() => queue.failedSends({ limit: 0 })).toThrow(TypeError);
  });
});

describe('Redis', () => {
  test('that is away makes adding fail soon, with the id, and the same id is safe afterwards', async () => {
    const own = await startOwnRedis();
    onTestFinished(() => own.stop());
    const queue = makeSendQueue({ connection: { url: own.url } });
    await queue.add(MESSAGE, { id: 'before' });
    await own.halt('SIGTERM');
    const startedAt = performance.now();
    const errors = await Promise.all([
      ...Array.from({ length: 20 }, () => failureOf(queue.add(MESSAGE))),
      failureOf(queue.add(MESSAGE, { id: 'order-7' })),
    ]);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    for (const error of errors) {
      expect(error).toBeInstanceOf(QueueError);
      expect(error).toMatchObject({ code: 'queue_unavailable', id: expect.any(String) });
    }
    expect(errors.at(-1)).toMatchObject({ id: 'order-7', cause: expect.any(Error) });
    await expect(queue.counts()).rejects.toMatchObject({ code: 'queue_unavailable' });
    await own.start();
    await until('it is back', () =>
      queue.add(MESSAGE, { id: 'order-7' }).then(
        () => true,
        () => false,
      ),
    );
    expect(await queue.counts()).toMatchObject({ waiting: 2 });
  });

  test('that was never there makes adding fail soon, and works when it comes', async () => {
    const own = await startOwnRedis();
    onTestFinished(() => own.stop());
    await own.halt('SIGTERM');
    const errors: Error[] = [];
    const queue = makeSendQueue({ connection: { url: own.url }, onError: (error) => errors.push(error) });
    await expect(queue.add(MESSAGE)).rejects.toMatchObject({ code: 'queue_unavailable' });
    expect(errors.map(({ message }) => message).join()).toContain('ECONNREFUSED');
    await own.start();
    await until('it is queued', () =>
      queue.add(MESSAGE, { id: 'a' }).then(
        () => true,
        () => false,
      ),
    );
    expect(await queue.counts()).toMatchObject({ waiting: 1 });
  });

  test('that was never there keeps nobody from closing', async () => {
    const connection = { host: '127.0.0.1', port: 1 };
    const onError = () => undefined;
    const queue = createSendQueue({ connection, onError });
    const worker = createSendWorker({
      connection,
      onError,
      closeTimeoutMs: 50,
      sender: senderTo('https://x.invalid'),
    });
    await Promise.all([queue.close(), worker.close()]);
    await expect(queue.add(MESSAGE)).rejects.toMatchObject({ code: 'queue_unavailable' });
  });

  test('can be given as a client, which stays open', async () => {
    const client = new Redis(redis.connection.url);
    onTestFinished(() => client.disconnect());
    const gateway = await startCountingGateway();
    const common = { connection: client, name: queueName(), prefix: 'app:{1}' };
    const queue = makeSendQueue(common);
    const worker = makeSendWorker({ ...common, sender: senderTo(gateway.url) });
    await queue.add(MESSAGE);
    await until('it is sent', () => worker.outcomes.length === 1);
    await worker.close();
    await queue.close();
    expect(await client.exists(`app:{1}:${common.name}:meta`)).toBe(1);
  });
});

describe('an option', () => {
  const connection = { host: '127.0.0.1', port: 1 };
  const sender = senderTo('https://gateway.invalid');
  test.each<[string, () => unknown]>([
    ['createSendQueue: there is no option "conection"', () => createSendQueue({ conection: {} } as never)],
    ['createSendQueue: option connection is undefined', () => createSendQueue({} as never)],
    ['option connection', () => createSendQueue({ connection: 'redis://:secret@host' as never })],
    ['Clusters are not supported', () => createSendQueue({ connection: { isCluster: true } as never })],
    ['keyPrefix', () => createSendQueue({ connection: { keyPrefix: 'x:' } })],
    ['no colon', () => createSendQueue({ connection, name: 'a:b' })],
    ['option keepSentMs', () => createSendQueue({ connection, keepSentMs: 0 })],
    ['option concurrency', () => createSendWorker({ connection, sender, concurrency: 0 })],
    ['option attempts', () => createSendWorker({ connection, sender, attempts: 0 })],
    ['minDelayMs', () => createSendWorker({ connection, sender, minDelayMs: 2, maxDelayMs: 1 })],
    ['option maxDelayMs', () => createSendWorker({ connection, sender, maxDelayMs: 7n as never })],
    [
      '{ max: 30, perMs: 60_000 }',
      () => createSendWorker({ connection, sender, rateLimit: { max: 1 } as never }),
    ],
    ['option max', () => createSendWorker({ connection, sender, rateLimit: { max: 0, perMs: 1 } })],
    ['option sender', () => createSendWorker({ connection, sender: 'key' as never })],
    ['createSender: option apiKey', () => createSendWorker({ connection, sender: { apiKey: '' } })],
    ['option onError', () => createSendWorker({ connection, sender, onError: 'x' as never })],
  ])('that cannot be used is named: %s', (text, make) => {
    let error: unknown;
    try {
      make();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(text);
    expect(String(error)).not.toContain('secret');
  });
});
