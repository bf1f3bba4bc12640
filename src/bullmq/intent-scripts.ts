import type { Script } from './script.ts';

/**
 * The fields that a send's record gets beside BullMQ's own. They lie in the same hash, so that they live and die
 * with it.
 */
export const ATTEMPT = 'wg:attempt';
export const BEGUN_AT = 'wg:at';
export const SENT = 'wg:sent';
export const UNKNOWN = 'wg:unknown';

/** What the limiter's key holds while the whole queue pauses; see BullMQ's `queue.rateLimit`. */
export const PAUSED: string = String(Number.MAX_SAFE_INTEGER);

const EVENTS_KEPT = 10_000;

/**
 * KEYS limiter; ARGV prefix of jobs, lock's length, and for each job its id, lock token and attempt. Checks and writes
 * in one step: an intent is recorded only where there is none, by whom the job is locked for, while the queue does not
 * pause. The lock is extended, so that it holds from here on. An attempt that finds itself was asked twice, by a client
 * that reconnected.
 */
export const TAKE: Script = {
  name: 'whatsappGatewayTake',
  keys: 1,
  lua: `
local paused = redis.call('GET', KEYS[1]) == '${PAUSED}'
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function take(job, token, attempt)
  local found = redis.call('HMGET', job, 'name', '${ATTEMPT}', '${SENT}')
  if not found[1] then return {'gone'} end
  if found[2] == attempt then return {'ours'} end
  if found[2] then return {'foreign', found[3] or ''} end
  local lock = job .. ':lock'
  if redis.call('GET', lock) ~= token then return {'lock_lost'} end
  if paused then return {'paused'} end
  redis.call('HSET', job, '${ATTEMPT}', attempt, '${BEGUN_AT}', now)
  redis.call('PEXPIRE', lock, ARGV[2])
  return {'ours'}
end
local taken = {}
for i = 3, #ARGV, 3 do
  taken[#taken + 1] = take(ARGV[1] .. ARGV[i], ARGV[i + 1], ARGV[i + 2])
end
return taken`,
};

const COMPLETE = `
local function complete(id, value, now)
  redis.call('ZREM', KEYS[2], id)
  redis.call('ZADD', KEYS[3], now, id)
  redis.call('HSET', KEYS[1], 'returnvalue', value, 'finishedOn', now)
  redis.call('HDEL', KEYS[1], 'failedReason', 'stacktrace')
  redis.call('XADD', KEYS[4], 'MAXLEN', '~', ${EVENTS_KEPT}, '*', 'event', 'completed', 'jobId', id,
    'returnvalue', value, 'prev', 'failed')
end`;

/**
 * KEYS job, failed, completed, events; ARGV id, attempt, result, time. The owner of the intent knows that the message
 * was sent: it is written beside the intent for whoever runs the job next, and a record that another worker gave up
 * meanwhile as unknown is made a sent one. Answers whether the job is completed, which it also may have been by a step
 * whose reply was lost with a connection.
 */
export const SETTLE: Script = {
  name: 'whatsappGatewaySettle',
  keys: 4,
  lua: `${COMPLETE}
if redis.call('HGET', KEYS[1], '${ATTEMPT}') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], '${SENT}', ARGV[3])
if redis.call('ZSCORE', KEYS[3], ARGV[1]) then return 1 end
if not redis.call('ZSCORE', KEYS[2], ARGV[1]) then return 0 end
complete(ARGV[1], ARGV[3], ARGV[4])
return 1`,
};

/** KEYS job; ARGV attempt, code. The owner does not know either, but can say why. */
export const NOTE: Script = {
  name: 'whatsappGatewayNote',
  keys: 1,
  lua: `
if redis.call('HGET', KEYS[1], '${ATTEMPT}') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], '${UNKNOWN}', ARGV[2])
return 1`,
};

const FORGET = `redis.call('HDEL', KEYS[1], '${ATTEMPT}', '${BEGUN_AT}', '${SENT}', '${UNKNOWN}')`;

/**
 * KEYS job, failed; ARGV id, attempt, code. The owner knows that nothing was sent, and takes its intent away. Where
 * another worker gave the job up as unknown meanwhile, the record now tells why it really failed.
 */
export const RELEASE: Script = {
  name: 'whatsappGatewayRelease',
  keys: 2,
  lua: `
if redis.call('HGET', KEYS[1], '${ATTEMPT}') ~= ARGV[2] then return 'not_ours' end
${FORGET}
if not redis.call('ZSCORE', KEYS[2], ARGV[1]) then return 'released' end
redis.call('HSET', KEYS[1], 'failedReason', ARGV[3])
return 'was_failed'`,
};

/**
 * KEYS job, failed, completed, events; ARGV id, time. Looks again at a job that was given up as unknown: its owner may
 * have written the truth between the look at the intent and the giving up.
 */
export const RECONCILE: Script = {
  name: 'whatsappGatewayReconcile',
  keys: 4,
  lua: `${COMPLETE}
if not redis.call('ZSCORE', KEYS[2], ARGV[1]) then return {'not_failed'} end
if redis.call('HEXISTS', KEYS[1], '${ATTEMPT}') == 0 then return {'released'} end
local sent = redis.call('HGET', KEYS[1], '${SENT}')
if not sent then return {'unknown'} end
complete(ARGV[1], sent, ARGV[2])
return {'sent', sent}`,
};

/** KEYS job, failed, completed, events; ARGV id, result, time. A person says: it was sent. The owner is out of it. */
export const MARK_SENT: Script = {
  name: 'whatsappGatewayMarkSent',
  keys: 4,
  lua: `${COMPLETE}
if redis.call('EXISTS', KEYS[1]) == 0 then return 'gone' end
if not redis.call('ZSCORE', KEYS[2], ARGV[1]) then return 'wrong_state' end
if redis.call('HEXISTS', KEYS[1], '${ATTEMPT}') == 0 then return 'wrong_state' end
redis.call('HSET', KEYS[1], '${ATTEMPT}', 'person', '${SENT}', ARGV[2])
complete(ARGV[1], ARGV[2], ARGV[3])
return 'done'`,
};

/** KEYS job, failed; ARGV id, code. A person says: send it again. Then BullMQ's own retry moves it. */
export const FREE: Script = {
  name: 'whatsappGatewayFree',
  keys: 2,
  lua: `
if redis.call('EXISTS', KEYS[1]) == 0 then return 'gone' end
if not redis.call('ZSCORE', KEYS[2], ARGV[1]) then return 'wrong_state' end
if redis.call('HEXISTS', KEYS[1], '${ATTEMPT}') == 1 then
  ${FORGET}
  redis.call('HSET', KEYS[1], 'failedReason', ARGV[2])
end
return 'done'`,
};
