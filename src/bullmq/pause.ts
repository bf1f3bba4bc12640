import type { Redis } from 'ioredis';
import { PAUSED } from './intent-scripts.ts';
import { defineScript, type Script } from './script.ts';

/**
 * KEYS limiter; ARGV milliseconds. Sets what BullMQ's `queue.rateLimit` sets, but never shortens a pause: of many
 * workers that are throttled at once the one that is told the longest time wins, and not the last.
 */
const PAUSE: Script = {
  name: 'whatsappGatewayPause',
  keys: 1,
  lua: `
local left = redis.call('PTTL', KEYS[1])
local wanted = tonumber(ARGV[1])
if left >= wanted and redis.call('GET', KEYS[1]) == '${PAUSED}' then return left end
local ms = math.max(left, wanted)
redis.call('SET', KEYS[1], '${PAUSED}', 'PX', ms)
return ms`,
};

/** Lets no worker on any machine begin a send for so many milliseconds. */
export type Pause = (ms: number) => Promise<unknown>;

/** @param limiterKey The key by which BullMQ's workers limit their rate. */
export function createPause(redis: Redis, limiterKey: string): Pause {
  const pause = defineScript(redis, PAUSE);
  return (ms) => pause(limiterKey, Math.ceil(ms));
}

/** @returns until when the queue pauses, or `null`. */
export async function readPause(redis: Redis, limiterKey: string, now: number): Promise<Date | null> {
  const [value, left] = await Promise.all([redis.get(limiterKey), redis.pttl(limiterKey)]);
  return value === PAUSED && left > 0 ? new Date(now + left) : null;
}
