import { EVENTS_KEPT } from './intent-scripts.ts';
import type { Script } from './script.ts';

/** Of a job that was put back: which turn it has. */
const TURN = 'wg:turn';

/**
 * KEYS job, active, wait, stalled, marker, events, turns; ARGV id, lock token, prefix of jobs, what its count of runs
 * changes by. Puts a job back that this worker has and may not send now. BullMQ's own way puts whichever comes back last
 * first, so that of many that come back again and again the oldest would starve: here all keep the order in which they
 * first came back.
 */
export const PUT_BACK: Script = {
  name: 'whatsappGatewayPutBack',
  keys: 7,
  lua: `
if redis.call('GET', KEYS[1] .. ':lock') ~= ARGV[2] then return 0 end
if redis.call('LREM', KEYS[2], 1, ARGV[1]) == 0 then return 0 end
redis.call('DEL', KEYS[1] .. ':lock')
redis.call('SREM', KEYS[4], ARGV[1])
redis.call('HINCRBY', KEYS[1], 'ats', ARGV[4])
local turn = tonumber(redis.call('HGET', KEYS[1], '${TURN}'))
if not turn then
  turn = redis.call('INCR', KEYS[7])
  redis.call('HSET', KEYS[1], '${TURN}', turn)
end
local before = {}
while true do
  local first = redis.call('LINDEX', KEYS[3], -1)
  local its = first and tonumber(redis.call('HGET', ARGV[3] .. first, '${TURN}'))
  if not its or its > turn then break end
  before[#before + 1] = redis.call('RPOP', KEYS[3])
end
redis.call('RPUSH', KEYS[3], ARGV[1])
for i = #before, 1, -1 do redis.call('RPUSH', KEYS[3], before[i]) end
redis.call('ZADD', KEYS[5], 0, '0')
redis.call('XADD', KEYS[6], 'MAXLEN', '~', ${EVENTS_KEPT}, '*', 'event', 'waiting', 'jobId', ARGV[1], 'prev', 'active')
return 1`,
};
