import { checkOptionNames, functionOption, invalidOption } from '../options.ts';
import {
  DEFAULT_REDIS_PREFIX,
  REDIS_MAX_RETRY_DELAY_MS,
  REDIS_MIN_RETRY_DELAY_MS,
  STORE_TIMEOUT_MS,
} from '../protocol.ts';
import type { ClaimResult, DeliveryStore } from './store.ts';

/** Sends one Redis command, as its words, and answers Redis's reply as it came. */
export type SendRedisCommand = (command: string, ...args: string[]) => Promise<unknown>;

/** What {@link redisDeliveryStore} takes. */
export interface RedisDeliveryStoreOptions {
  /**
   * Sends a command over the client you have: `(...args) => redis.call(...args)` of ioredis or
   * `(...args) => client.sendCommand(args)` of node-redis.
   */
  sendCommand: SendRedisCommand;
  /**
   * What the store's keys begin with. Apps that share a Redis each need their own.
   *
   * @default 'whatsapp-gateway:delivery:'
   */
  prefix?: string | undefined;
}

// A key holds `lease:<token>` or `done`, and ends by Redis's own clock. EVAL runs a script as one step.
const CLAIM = `local held = redis.call('GET', KEYS[1])
if held == 'done' then return 'done' end
if held and held ~= ARGV[1] then return 'in_flight' end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 'claimed'`;

const COMPLETE = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], 'done', 'PX', ARGV[2])
return 1`;

const RELEASE = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

function readClaim(reply: unknown): ClaimResult {
  if (reply === 'claimed' || reply === 'in_flight' || reply === 'done') return reply;
  throw new TypeError(
    `redisDeliveryStore: sendCommand answered ${typeof reply} to EVAL, not one of the script's words. ` +
      "Return the client's promise, with text left as text.",
  );
}

/** Takes a step again while Redis is away: it compares the token, so taking it twice does what once does. */
async function insist(step: () => Promise<unknown>): Promise<void> {
  const giveUpAt = performance.now() + STORE_TIMEOUT_MS;
  for (let delayMs = REDIS_MIN_RETRY_DELAY_MS; ; delayMs = Math.min(2 * delayMs, REDIS_MAX_RETRY_DELAY_MS)) {
    try {
      await step();
      return;
    } catch (error) {
      if (performance.now() + delayMs > giveUpAt) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, delayMs));
  }
}

/**
 * Remembers deliveries in a Redis that several processes share. It brings no client: it works with ioredis,
 * node-redis, or whatever sends a command. Every step is one `EVAL` on one key, so it runs on a cluster, too, and
 * costs one round trip.
 *
 * While Redis is away deliveries are answered with 503 `store_unavailable`, none is handled. A handler that is
 * already at work finishes, and to remember that is tried for five seconds. The lease of a process that died ends
 * by itself. What a claim is worth is what Redis keeps, so in its configuration set:
 *
 * - `maxmemory-policy noeviction`, or a delivery may be forgotten before its time;
 * - `appendonly yes` and `appendfsync always`, so that neither restart nor crash forgets what was answered. With the
 *   default, `everysec`, a crash can take the last two seconds: a delivery handled in them runs again if a copy
 *   comes. A failover to a replica can lose what it had not received yet.
 *
 * Let the client refuse commands at once while it is not connected, or each delivery waits five seconds for its 503:
 * `enableOfflineQueue: false` of ioredis, `disableOfflineQueue: true` of node-redis. Listen for the client's `error`
 * event, and give the store a connection other than the one a BullMQ worker waits on.
 *
 * @throws TypeError when an option does not exist or cannot be used.
 *
 * @example
 * // ioredis
 * const redis = new Redis(redisUrl, { enableOfflineQueue: false, maxRetriesPerRequest: 1 });
 * redis.on('error', (error) => log.error(error));
 * const deliveries = redisDeliveryStore({ sendCommand: (...args) => redis.call(...args) });
 * app.post('/webhooks/whatsapp-gateway', whatsappGatewayWebhook({ secret, onMessage, deliveries }));
 *
 * @example
 * // node-redis
 * const client = createClient({ url: redisUrl, disableOfflineQueue: true });
 * client.on('error', (error) => log.error(error));
 * await client.connect();
 * const deliveries = redisDeliveryStore({ sendCommand: (...args) => client.sendCommand(args) });
 *
 * @example
 * // A cluster: ioredis as above; node-redis wants to be told the key.
 * redisDeliveryStore({ sendCommand: (...args) => cluster.sendCommand(args[3], false, args) });
 */
export function redisDeliveryStore(options: Readonly<RedisDeliveryStoreOptions>): DeliveryStore {
  const owner = 'redisDeliveryStore';
  checkOptionNames(owner, options, ['sendCommand', 'prefix']);
  const { prefix = DEFAULT_REDIS_PREFIX } = options;
  const sendCommand = functionOption(owner, 'sendCommand', options.sendCommand);
  if (sendCommand === undefined) {
    const advice = 'Give a function that sends a Redis command: (...args) => redis.call(...args).';
    throw invalidOption(owner, 'sendCommand', sendCommand, advice);
  }
  if (typeof prefix !== 'string' || prefix === '') {
    throw invalidOption(owner, 'prefix', prefix, `Give a text, or leave it out for ${DEFAULT_REDIS_PREFIX}.`);
  }

  async function run(script: string, key: string, token: string, ...args: string[]): Promise<unknown> {
    return sendCommand('EVAL', script, '1', prefix + key, `lease:${token}`, ...args);
  }

  return {
    claim: async (key, token, leaseMs) => readClaim(await run(CLAIM, key, token, String(leaseMs))),
    complete: (key, token, ttlMs) => insist(() => run(COMPLETE, key, token, String(ttlMs))),
    release: (key, token) => insist(() => run(RELEASE, key, token)),
  };
}
