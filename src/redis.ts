export {
  type RedisDeliveryStoreOptions,
  redisDeliveryStore,
  type SendRedisCommand,
} from './deliveries/redis.ts';
export type { ClaimResult, DeliveryStore } from './deliveries/store.ts';
