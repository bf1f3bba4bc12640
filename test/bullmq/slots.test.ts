import { Worker } from 'bullmq';
import { describe, expect, onTestFinished, test } from 'vitest';
import { redisIntents } from '../../src/bullmq/intents.ts';
import { queueKeys } from '../../src/bullmq/keys.ts';
import { readPause } from '../../src/bullmq/pause.ts';
import { MESSAGE, makeSendQueue, queueName, useRedis } from './support/queues.ts';

const redis = useRedis();
const LOCK_MS = 5_000;
const PER_MS = 60_000;

/** A queue of a few messages, and a worker that takes only what a test asks it for. */
async function setUp(ids: readonly string[], max = 2) {
  const common = { connection: redis.connection, name: queueName() };
  const key = queueKeys({ prefix: 'bull', name: common.name });
  const queue = makeSendQueue(common);
  for (const id of ids) await queue.add(MESSAGE, { id });
  const limiter = { max: 2 ** 40, duration: 1_000 };
  const worker = new Worker(common.name, null, { connection: redis.connection, limiter });
  onTestFinished(() => worker.close());
  const intents = redisIntents(redis.client, key, { lockMs: LOCK_MS, rateLimit: { max, perMs: PER_MS } });
  const fetchAll = async (token: string): Promise<string[]> => {
    const fetched: string[] = [];
    for (;;) {
      const job = await worker.getNextJob(token, { block: false });
      if (job?.id === undefined) return fetched;
      fetched.push(job.id);
    }
  };
  return { key, queue, intents, fetchAll };
}

const ABC = ['send-a', 'send-b', 'send-c'];

describe('a rate limit', () => {
  test('lets so many begin, and holds up all machines until the first of them no longer counts', async () => {
    const { key, queue, intents, fetchAll } = await setUp(['a', 'b', 'c']);
    expect(await fetchAll('token')).toEqual(ABC);
    const taken = await Promise.all(ABC.map((id) => intents.take(id, 'token', `attempt of ${id}`)));
    expect(taken).toEqual([{ type: 'ours' }, { type: 'ours' }, { type: 'paused' }]);
    expect(await redis.client.hexists(key('send-c'), 'wg:attempt')).toBe(0);
    expect(await redis.client.pttl(key('limiter'))).toBeGreaterThan(PER_MS / 2);
    await queue.add(MESSAGE, { id: 'd' });
    expect(await fetchAll('token')).toEqual([]);
    // Nobody at the gateway asked for it.
    expect(await readPause(redis.client, key('limiter'), Date.now())).toBeNull();
    expect((await queue.counts()).throttledUntil).toBeNull();
  });

  test('counts a send until one span after its answer, or after the lock of a worker that died', async () => {
    const { key, intents, fetchAll } = await setUp(['a', 'b']);
    await fetchAll('token');
    const before = Date.now();
    for (const id of ['send-a', 'send-b']) await intents.take(id, 'token', id);
    await intents.answered('send-a');
    const after = Date.now();
    const [answered, open] = await Promise.all(
      ['send-a', 'send-b'].map(async (id) => Number(await redis.client.zscore(key('wg-slots'), id))),
    );
    expect(answered).toBeGreaterThanOrEqual(before + PER_MS);
    expect(answered).toBeLessThanOrEqual(after + PER_MS);
    expect(open).toBeGreaterThanOrEqual(before + PER_MS + LOCK_MS);
    expect(open).toBeLessThanOrEqual(after + PER_MS + LOCK_MS);
    expect(await redis.client.pttl(key('wg-slots'))).toBeLessThanOrEqual(PER_MS + LOCK_MS);
  });

  test('gives a slot that is free again to the next', async () => {
    const { key, intents, fetchAll } = await setUp(['a', 'b', 'c']);
    await fetchAll('token');
    for (const id of ['send-a', 'send-b']) await intents.take(id, 'token', id);
    expect(await intents.take('send-c', 'token', 'send-c')).toEqual({ type: 'paused' });
    await redis.client.zadd(key('wg-slots'), String(Date.now() - 1), 'send-a');
    expect(await intents.take('send-c', 'token', 'send-c')).toEqual({ type: 'ours' });
    expect(await redis.client.zrange(key('wg-slots'), '0', '-1')).toEqual(['send-b', 'send-c']);
  });

  test('does not count the same attempt twice where a client that reconnected asks again', async () => {
    const { key, intents, fetchAll } = await setUp(['a']);
    await fetchAll('token');
    await intents.take('send-a', 'token', 'attempt');
    expect(await intents.take('send-a', 'token', 'attempt')).toEqual({ type: 'ours' });
    expect(await redis.client.zcard(key('wg-slots'))).toBe(1);
  });
});

describe('a message that is put back', () => {
  test('keeps its place, in whatever order several come back, again and again', async () => {
    const { intents, fetchAll } = await setUp(['a', 'b', 'c']);
    for (const order of [ABC, ['send-c', 'send-a', 'send-b'], ['send-b', 'send-c', 'send-a']]) {
      expect(await fetchAll('token')).toEqual(ABC);
      for (const id of order) await intents.putBack(id, 'token', 'begun');
    }
    expect(await fetchAll('token')).toEqual(ABC);
  });

  test('goes before all that have not had their turn', async () => {
    const { queue, intents, fetchAll } = await setUp(['a', 'b']);
    await fetchAll('token');
    await queue.add(MESSAGE, { id: 'c' });
    for (const id of ['send-a', 'send-b']) await intents.putBack(id, 'token', 'begun');
    expect(await fetchAll('token')).toEqual(ABC);
  });

  test('belongs to nobody, and has been begun only where that is said', async () => {
    const { key, queue, intents, fetchAll } = await setUp(['a', 'b']);
    await fetchAll('token');
    await intents.putBack('send-a', 'token', 'begun');
    await intents.putBack('send-b', 'token', 'not_begun');
    expect(await queue.counts()).toMatchObject({ waiting: 2, active: 0 });
    expect(await redis.client.exists(`${key('send-a')}:lock`, `${key('send-b')}:lock`)).toBe(0);
    const runs = await Promise.all(['send-a', 'send-b'].map((id) => redis.client.hget(key(id), 'ats')));
    expect(runs).toEqual(['1', '0']);
  });

  test('stays where it is if it is another worker’s by now', async () => {
    const { key, queue, intents, fetchAll } = await setUp(['a']);
    await fetchAll('token');
    await redis.client.set(`${key('send-a')}:lock`, 'of another');
    await intents.putBack('send-a', 'token', 'begun');
    expect(await queue.counts()).toMatchObject({ waiting: 0, active: 1 });
    expect(await redis.client.get(`${key('send-a')}:lock`)).toBe('of another');
  });
});
