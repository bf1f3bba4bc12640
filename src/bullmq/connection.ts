import { Redis, type RedisOptions } from 'ioredis';
import { invalidOption } from '../options.ts';
import { QUEUE_CONNECT_WAIT_MS, QUEUE_TIMEOUT_MS } from '../protocol.ts';
import { isQueueError, queueUnavailable } from './errors.ts';

/**
 * Where Redis is: a client of ioredis, which is copied and never used or closed itself, or what one is made with,
 * such as `{ url: 'redis://…' }` or `{ host, port, password }`. No cluster.
 */
export type QueueConnection =
  | Redis
  | (RedisOptions & {
      /** Such as `redis://user:password@host:6379`; instead of `host` and `port`. */
      readonly url?: string | undefined;
    });

const ADVICE = "Give a client of ioredis, or its options, such as { url: 'redis://127.0.0.1:6379' }.";

function isClient(value: object): value is Redis {
  return 'duplicate' in value && 'defineCommand' in value;
}

/**
 * Connects to Redis with a connection of our own.
 *
 * @throws TypeError unless that can be done.
 */
export function openRedis(owner: string, connection: QueueConnection, own: RedisOptions): Redis {
  const given: unknown = connection;
  // Never shown: it may hold a password.
  if (typeof given !== 'object' || given === null) {
    throw invalidOption(owner, 'connection', typeof given === 'string' ? '(a text)' : given, ADVICE);
  }
  if ('isCluster' in given && given.isCluster === true) {
    throw invalidOption(
      owner,
      'connection',
      given,
      'Clusters are not supported: give one server or Sentinel.',
    );
  }
  const keyPrefix = isClient(given) ? given.options.keyPrefix : Reflect.get(given, 'keyPrefix');
  if (typeof keyPrefix === 'string' && keyPrefix !== '') {
    throw invalidOption(
      owner,
      'connection',
      given,
      'It has a keyPrefix, which BullMQ cannot use: give option prefix.',
    );
  }
  // BullMQ reads replies in the form that ioredis has always given them.
  const options = { ...own, lazyConnect: false, replyMapping: 'legacy' as const };
  if (isClient(given)) return given.duplicate(options);
  if ('duplicate' in given || 'sendCommand' in given) throw invalidOption(owner, 'connection', given, ADVICE);
  const { url, ...rest } = given as RedisOptions & { url?: string };
  return url === undefined ? new Redis({ ...rest, ...options }) : new Redis(url, { ...rest, ...options });
}

/** What a connection needs whose callers want an answer, not patience: a route, or a webhook. */
export const impatient: RedisOptions = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
};

/** What a connection needs that does its work however long Redis is away. */
export const patient: RedisOptions = {
  enableOfflineQueue: true,
  autoResendUnfulfilledCommands: true,
  maxRetriesPerRequest: null,
};

async function within<T>(promise: Promise<T>, ms: number, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function untilReady(redis: Redis): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (message?: string): void => {
      redis.off('ready', onReady);
      redis.off('end', onEnd);
      clearTimeout(timer);
      if (message === undefined) resolve();
      else reject(new Error(message));
    };
    const onReady = (): void => settle();
    const onEnd = (): void => settle('The connection to Redis is closed.');
    const timer = setTimeout(() => settle('There is no connection to Redis.'), QUEUE_CONNECT_WAIT_MS);
    redis.on('ready', onReady);
    redis.on('end', onEnd);
    if (redis.status === 'end') onEnd();
  });
}

/** Asks something of Redis, and rejects with `queue_unavailable` where that takes too long or goes wrong. */
export type Ask = <T>(question: () => Promise<T>) => Promise<T>;

/** Makes the asking of one connection. What is a QueueError already stays as it is. */
export function createAsk(redis: Redis): Ask {
  let becomingReady: Promise<void> | undefined;
  const ready = (): Promise<void> => {
    becomingReady ??= untilReady(redis).finally(() => {
      becomingReady = undefined;
    });
    return becomingReady;
  };
  return async (question) => {
    try {
      // Nothing is asked before: what waits inside a client might still be done long after we gave up.
      if (redis.status !== 'ready') await ready();
      return await within(question(), QUEUE_TIMEOUT_MS, `Redis took longer than ${QUEUE_TIMEOUT_MS} ms.`);
    } catch (error) {
      throw isQueueError(error) ? error : queueUnavailable(error);
    }
  };
}
