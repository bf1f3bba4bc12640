import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { SendRedisCommand } from '../../src/deliveries/redis.ts';

/** A connection to Redis, whoever made it. */
export interface RedisConnection {
  readonly sendCommand: SendRedisCommand;
  close(): void;
}

/** A client library, set up as the doc comment of `redisDeliveryStore` says. */
export interface RedisClient {
  readonly name: 'ioredis' | 'node-redis';
  connect(url: string): Promise<RedisConnection>;
}

export const redisClients: readonly RedisClient[] = [
  {
    name: 'ioredis',
    async connect(url) {
      const redis = new Redis(url, {
        enableOfflineQueue: false,
        maxRetriesPerRequest: 1,
        lazyConnect: true,
        retryStrategy: () => 50,
      });
      redis.on('error', () => undefined);
      await redis.connect();
      return { sendCommand: (...args) => redis.call(...args), close: () => redis.disconnect() };
    },
  },
  {
    name: 'node-redis',
    async connect(url) {
      const client = createClient({
        url,
        disableOfflineQueue: true,
        socket: { reconnectStrategy: () => 50 },
      });
      client.on('error', () => undefined);
      await client.connect();
      return { sendCommand: (...args) => client.sendCommand(args), close: () => client.destroy() };
    },
  },
];
