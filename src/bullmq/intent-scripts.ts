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
/** What it holds while only the rate limit is used up: for BullMQ the same, for people no pause of the gateway's. */
export const FULL: string = String(Number.MAX_SAFE_INTEGER - 1);

export const EVENTS_KEPT = 10_000;
/** While a rate limit is used up, workers look for a free slot so many times in its span at the most. */
const SPAN_PARTS = 50;

/**
 * KEYS limiter, slots; ARGV prefix of jobs, lock's length, rate limit (or 0), its span, and for each job its id, lock
 * token and attempt. Checks and writes in one step: an intent is recorded only where there is none, by whom the job is
 * locked for, while the queue does not pause and the rate limit has a slot. The lock is extended, so that it holds from
 * here on. An attempt that finds itself was asked twice, by a client that reconnected.
 *
 * A slot is free again one span after its send was answered, and not after it was begun: so however long each is on its
 * way, no span of the gateway's sees more. Where a worker died, its slot counts as answered when its lock would have ended.
 */
export const TAKE: Script = {
  name: 'whatsappGatewayTake',
  keys: 2,
  lua: `
local paused = redis.call('GET', KEYS[1]) == '${PAUSED}'
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local max, span = tonumber(ARGV[3]), tonumber(ARGV[4])
local used = 0
if max > 0 then
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
  used = redis.call('ZCARD', KEYS[2])
end
local function refuse()
  local freeAt = redis.call('ZRANGE', KEYS[2], used - max, used - max, 'WITHSCORES')[2]
  local wait = math.max(math.min(freeAt - now, span), math.ceil(span / ${SPAN_PARTS}))
  redis.call('SET', KEYS[1], '${FULL}', 'PX', wait)
  return {'paused'}
end
local function take(job, token, attempt)
  local found = redis.call('HMGET', job, 'name', '${ATTEMPT}', '${SENT}')
  if not found[1] then return {'gone'} end
  if found[2] == attempt then return {'ours'} end
  if found[2] then return {'foreign', found[3] or ''} end
  local lock = job .. ':lock'
  if redis.call('GET', lock) ~= token then return {'lock_lost'} end
  if paused then return {'paused'} end
  if max > 0 then
    if used >= max then return refuse() end
    redis.call('ZADD', KEYS[2], now + span + ARGV[2], attempt)
    used = used + 1
  end
  redis.call('HSET', job, '${ATTEMPT}', attempt, '${BEGUN_AT}', now)
  redis.call('PEXPIRE', lock, ARGV[2])
  return {'ours'}
end
local taken = {}
for i = 5, #ARGV, 3 do
  taken[#taken + 1] = take(ARGV[1] .. ARGV[i], ARGV[i + 1], ARGV[i + 2])
end
if used > 0 then redis.call('PEXPIRE', KEYS[2], span + ARGV[2]) end
return taken`,
};

/** KEYS slots; ARGV attempt, span. The send was answered: its slot is free one span from now. */
export const ANSWERED: Script = {
  name: 'whatsappGatewayAnswered',
  keys: 1,
  lua: `
local time = redis.call('TIME')
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
return redis.call('ZADD', KEYS[1], time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[2], ARGV[1])`,
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
