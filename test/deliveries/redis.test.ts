import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from 'ioredis';
import { createCluster } from 'redis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { redisDeliveryStore, type SendRedisCommand } from '../../src/deliveries/redis.ts';
import { freePort } from '../support/free-port.ts';
import {
  type OwnRedis,
  startOwnRedis,
  startRedis,
  type TestRedis,
  whyNoOwnRedis,
  whyNoRedis,
} from '../support/redis.ts';
import { type RedisConnection, redisClients } from '../support/redis-clients.ts';
import { startClaimants } from './claimants.ts';
import { describeDeliveryStore } from './store-contract.ts';

const LONG_MS = 60_000;
const noReply: SendRedisCommand = async () => undefined;

const noRedis = whyNoRedis();
if (noRedis) console.warn(`Skipped, the Redis delivery store: ${noRedis}.`);

describe.skipIf(noRedis !== undefined).each(redisClients)('a Redis store by $name', (client) => {
  let redis: TestRedis;
  let connection: RedisConnection;

  beforeAll(async () => {
    redis = await startRedis();
    connection = await client.connect(redis.url);
  });

  afterAll(async () => {
    connection?.close();
    await redis?.stop();
  });

  function storeOf(prefix = '') {
    return redisDeliveryStore({ sendCommand: connection.sendCommand, prefix: redis.prefix + prefix });
  }

  describeDeliveryStore(`redisDeliveryStore by ${client.name}`, () => ({
    store: storeOf(),
    passTime: (milliseconds) => sleep(milliseconds),
  }));

  it('answers claimed again to a claim that the client sends twice, and begins its lease anew', async () => {
    const store = storeOf();
    expect(await store.claim('resent', 'token', 200)).toBe('claimed');
    expect(await store.claim('resent', 'token', LONG_MS)).toBe('claimed');
    await sleep(400);
    expect(await store.claim('resent', 'other', LONG_MS)).toBe('in_flight');
  });

  it('takes no token for the word done', async () => {
    const store = storeOf();
    await store.claim('words', 'done', LONG_MS);
    expect(await store.claim('words', 'other', LONG_MS)).toBe('in_flight');
  });

  it('keeps stores with different prefixes apart', async () => {
    expect(await storeOf('one:').claim('key', 'token', LONG_MS)).toBe('claimed');
    expect(await storeOf('two:').claim('key', 'token', LONG_MS)).toBe('claimed');
  });

  it('leaves one key that ends by itself, leased and done', async () => {
    const store = storeOf('ends:');
    const timeLeft = () => connection.sendCommand('PTTL', `${redis.prefix}ends:key`);
    await store.claim('key', 'token', 40_000);
    expect(await timeLeft()).toSatisfy((ms: number) => ms > 30_000 && ms <= 40_000);
    await store.complete('key', 'token', 86_400_000);
    expect(await timeLeft()).toSatisfy((ms: number) => ms > 86_000_000 && ms <= 86_400_000);
  });

  it('begins its keys with whatsapp-gateway:delivery: where no prefix is passed', async () => {
    const store = redisDeliveryStore({ sendCommand: connection.sendCommand });
    const key = `test-${redis.prefix}`;
    await store.claim(key, 'token', LONG_MS);
    expect(await connection.sendCommand('GET', `whatsapp-gateway:delivery:${key}`)).toBe('lease:token');
    await store.release(key, 'token');
    expect(await connection.sendCommand('EXISTS', `whatsapp-gateway:delivery:${key}`)).toBe(0);
  });

  it('frees a delivery whose process was killed when its lease ends, not before', async () => {
    const setup = { store: client.name, url: redis.url, prefix: redis.prefix };
    const claimants = await startClaimants([setup]);
    onTestFinished(() => claimants.kill());
    const leaseMs = 1_500;
    expect(await claimants.round({ key: 'killed', claims: 1, leaseMs })).toEqual({ claimed: 1 });
    const claimedAt = performance.now();
    await claimants.kill();
    const store = storeOf();
    expect(await store.claim('killed', 'heir', LONG_MS)).toBe('in_flight');
    await vi.waitUntil(async () => (await store.claim('killed', 'heir', LONG_MS)) === 'claimed', {
      timeout: 10_000,
    });
    expect(performance.now() - claimedAt).toBeGreaterThan(leaseMs - 100);
  });

  it('rejects when the key holds something else', async () => {
    await connection.sendCommand('LPUSH', `${redis.prefix}list`, 'value');
    await expect(storeOf().claim('list', 'token', LONG_MS)).rejects.toThrow('WRONGTYPE');
  });
});

const noOwnRedis = whyNoOwnRedis();
if (noOwnRedis) console.warn(`Skipped, the Redis delivery store on Redis set up otherwise: ${noOwnRedis}.`);

describe.skipIf(noOwnRedis !== undefined)('a Redis store', () => {
  async function startSetUp(settings: Readonly<Record<string, string>>): Promise<OwnRedis> {
    const redis = await startOwnRedis(settings);
    onTestFinished(() => redis.stop());
    return redis;
  }

  it.each(redisClients)('rejects a claim that Redis has no memory for, by $name', async (client) => {
    const redis = await startSetUp({ maxmemory: '1', 'maxmemory-policy': 'noeviction' });
    const { sendCommand, close } = await client.connect(redis.url);
    onTestFinished(close);
    await expect(redisDeliveryStore({ sendCommand }).claim('key', 'token', LONG_MS)).rejects.toThrow('OOM');
  });

  it('runs on a cluster, by both clients', async () => {
    const redis = await startSetUp({
      'cluster-enabled': 'yes',
      'cluster-announce-ip': '127.0.0.1',
      'cluster-port': String(await freePort()),
    });
    const { sendCommand, close } = await (redisClients[0] as (typeof redisClients)[0]).connect(redis.url);
    await sendCommand('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await vi.waitUntil(
      async () => String(await sendCommand('CLUSTER', 'INFO')).includes('cluster_state:ok'),
      {
        timeout: 10_000,
      },
    );
    close();
    const ioredis = new Cluster([redis.url]);
    const nodeRedis = createCluster({ rootNodes: [{ url: redis.url }] });
    onTestFinished(() => ioredis.disconnect());
    await nodeRedis.connect();
    onTestFinished(() => nodeRedis.destroy());
    const byIoredis = redisDeliveryStore({
      sendCommand: (...args): Promise<unknown> => ioredis.call(...args),
    });
    const byNodeRedis = redisDeliveryStore({
      sendCommand: (...args) => nodeRedis.sendCommand(args[3], false, args),
    });
    expect(await byIoredis.claim('key', 'one', LONG_MS)).toBe('claimed');
    expect(await byNodeRedis.claim('key', 'other', LONG_MS)).toBe('in_flight');
    await byIoredis.complete('key', 'one', LONG_MS);
    expect(await byNodeRedis.claim('key', 'other', LONG_MS)).toBe('done');
  });
});

describe('redisDeliveryStore', () => {
  it.each([undefined, null, true, 1, 'OK', 'CLAIMED', Buffer.from('claimed'), ['claimed']])(
    'rejects a claim that is answered %s',
    async (reply) => {
      const store = redisDeliveryStore({ sendCommand: async () => reply });
      await expect(store.claim('key', 'token', LONG_MS)).rejects.toThrow(
        `redisDeliveryStore: sendCommand answered ${typeof reply} to EVAL, not one of the script's words. ` +
          "Return the client's promise, with text left as text.",
      );
    },
  );

  it('takes each step with one EVAL on one key', async () => {
    const sendCommand = vi.fn<SendRedisCommand>(async () => 'claimed');
    const store = redisDeliveryStore({ sendCommand, prefix: 'p:' });
    await store.claim('key', 'token', 40_000);
    await store.complete('key', 'token', 60_000);
    await store.release('key', 'token');
    expect(sendCommand.mock.calls.map(([command, , ...rest]) => [command, ...rest])).toEqual([
      ['EVAL', '1', 'p:key', 'lease:token', '40000'],
      ['EVAL', '1', 'p:key', 'lease:token', '60000'],
      ['EVAL', '1', 'p:key', 'lease:token'],
    ]);
  });

  it('asks once to claim, and rejects with what the client rejects with', async () => {
    const sendCommand = vi.fn<SendRedisCommand>(() => {
      throw new Error('down');
    });
    await expect(redisDeliveryStore({ sendCommand }).claim('key', 'token', 1)).rejects.toThrow('down');
    expect(sendCommand).toHaveBeenCalledOnce();
  });

  it.each(['complete', 'release'] as const)('tries to %s until Redis is back', async (step) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    let isDown = true;
    const sendCommand = vi.fn<SendRedisCommand>(async () => (isDown ? Promise.reject(new Error('down')) : 1));
    const ended = redisDeliveryStore({ sendCommand })[step]('key', 'token', LONG_MS);
    await vi.advanceTimersByTimeAsync(2_000);
    isDown = false;
    await vi.advanceTimersByTimeAsync(1_000);
    await expect(ended).resolves.toBeUndefined();
    expect(sendCommand.mock.calls.length).toBeLessThan(10);
  });

  it.each(['complete', 'release'] as const)('gives up to %s after five seconds', async (step) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const startedAt = performance.now();
    const triedAfterMs: number[] = [];
    const sendCommand: SendRedisCommand = () => {
      triedAfterMs.push(Math.round(performance.now() - startedAt));
      return Promise.reject(new Error('down'));
    };
    const ended = redisDeliveryStore({ sendCommand })[step]('key', 'token', LONG_MS);
    const rejected = expect(ended).rejects.toThrow('down');
    await vi.advanceTimersByTimeAsync(5_000);
    await rejected;
    expect(vi.getTimerCount()).toBe(0);
    // Twice as long each time, up to a second; one more would come after five seconds.
    expect(triedAfterMs).toEqual([0, 50, 150, 350, 750, 1_550, 2_550, 3_550, 4_550]);
  });

  it.each([
    [undefined, 'redisDeliveryStore: the options are undefined. Pass an object'],
    [
      {},
      'redisDeliveryStore: option sendCommand is undefined. Give a function that sends a Redis command: ' +
        '(...args) => redis.call(...args).',
    ],
    [{ sendCommand: 'redis' }, 'option sendCommand is "redis". Give a function'],
    [{ sendCommand: noReply, prefix: 5 }, 'option prefix is 5. Give a text'],
    [
      { sendCommand: noReply, prefix: '' },
      'redisDeliveryStore: option prefix is "". Give a text, or leave it out for whatsapp-gateway:delivery:.',
    ],
    [{ sendCommand: noReply, keyPrefix: 'p' }, 'there is no option "keyPrefix". Did you mean prefix?'],
    [{ sendcommand: noReply }, 'there is no option "sendcommand". Did you mean sendCommand?'],
  ])('refuses %j', (options, message) => {
    expect(() => redisDeliveryStore(options as never)).toThrow(TypeError);
    expect(() => redisDeliveryStore(options as never)).toThrow(message);
  });
});
