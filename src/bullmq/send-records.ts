import type { Redis } from 'ioredis';
import type { MessagePurpose } from '../protocol.ts';
import type { JobIds } from './ids.ts';
import { ATTEMPT, BEGUN_AT, SENT, UNKNOWN } from './intent-scripts.ts';
import type { Intents } from './intents.ts';
import type { QueueKey } from './keys.ts';
import { defineScript, type Script } from './script.ts';
import { isSendJobData } from './send-job.ts';

/** A send that failed for good: the message was provably not sent. */
export interface FailedSend {
  /** The id that `add` was given, or made. */
  readonly id: string;
  /** Why: a code of sending. */
  readonly code: string;
  /** The recipient in E.164 with a plus sign. */
  readonly phone: string | undefined;
  /** What it was to be sent for. */
  readonly purpose: MessagePurpose | undefined;
  /** When it was queued. */
  readonly queuedAt: Date;
  /** When the last run failed. */
  readonly failedAt: Date;
  /** How often it was begun. */
  readonly runs: number;
}

/** A send of which nobody knows whether the message went out. */
export interface UnknownSend extends FailedSend {
  /**
   * Why nobody knows: a code of sending, or `worker_lost` where the process that was at it died, hung, or lost its
   * connection to Redis.
   */
  readonly code: string;
  /** When the message went out, if it did: look at this time in the gateway's dashboard. */
  readonly begunAt: Date;
}

/** ARGV prefix of jobs, ids. Answers for each: 0 for no intent, 1 for one, 2 for one that is known to be sent. */
const LOOK: Script = {
  name: 'whatsappGatewayLook',
  keys: 0,
  lua: `
local found = {}
for i = 2, #ARGV do
  local job = ARGV[1] .. ARGV[i]
  found[i - 1] = redis.call('HEXISTS', job, '${ATTEMPT}')
  if found[i - 1] == 1 then found[i - 1] = 1 + redis.call('HEXISTS', job, '${SENT}') end
end
return found`,
};

const NOT_SENT = 0;
const NOBODY_KNOWS = 1;
const KNOWN_AFTER_ALL = 2;

const PAGE = 1_000;
const FIELDS = ['data', 'timestamp', 'finishedOn', 'failedReason', 'ats', UNKNOWN, BEGUN_AT] as const;

/** The failed jobs of a send queue, told apart by whether somebody's intent to send is still on them. */
export interface SendRecords {
  /** How many are unknown. */
  countUnknown(): Promise<number>;
  /** Those that are unknown, newest first. */
  unknown(limit: number): Promise<UnknownSend[]>;
  /** Those that were provably not sent, newest first. */
  failed(limit: number): Promise<FailedSend[]>;
}

/** Reads the records of failed sends. */
export function sendRecords(
  redis: Redis,
  key: QueueKey,
  { ids, reconcile }: { readonly ids: JobIds; readonly reconcile: Intents['reconcile'] },
): SendRecords {
  const look = defineScript(redis, LOOK);

  /** The ids of failed jobs with the times they failed at; the scan misses none that stays failed meanwhile. */
  async function scan(wanted: typeof NOT_SENT | typeof NOBODY_KNOWS): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    let cursor = '0';
    do {
      const [next, members] = await redis.zscan(key('failed'), cursor, 'COUNT', PAGE);
      cursor = next;
      const page = members.filter((_, index) => index % 2 === 0);
      const flags: unknown = page.length === 0 ? [] : await look(key(''), ...page);
      if (!Array.isArray(flags)) throw new TypeError('Redis answered something else than the script.');
      for (const [index, jobId] of page.entries()) {
        if (flags[index] === wanted) found.set(jobId, Number(members[index * 2 + 1]));
        // Who gave it up crashed before it looked again.
        else if (flags[index] === KNOWN_AFTER_ALL) await reconcile(jobId);
      }
    } while (cursor !== '0');
    return found;
  }

  async function read(jobId: string): Promise<UnknownSend | undefined> {
    const [data, timestamp, finishedOn, failedReason, runs, why, begunAt] = await redis.hmget(
      key(jobId),
      ...FIELDS,
    );
    // Gone since it was counted.
    if (data === null || data === undefined) return undefined;
    const parsed: unknown = JSON.parse(data);
    const { phone, purpose } = isSendJobData(parsed) ? parsed : {};
    return {
      id: ids.decode(jobId) ?? jobId,
      code: why ?? (begunAt ? 'worker_lost' : (failedReason ?? 'unexpected_error')),
      phone,
      purpose,
      queuedAt: new Date(Number(timestamp)),
      failedAt: new Date(Number(finishedOn)),
      begunAt: new Date(Number(begunAt)),
      runs: Number(runs ?? 0),
    };
  }

  async function list(wanted: typeof NOT_SENT | typeof NOBODY_KNOWS, limit: number): Promise<UnknownSend[]> {
    const found = [...(await scan(wanted))].sort(([, a], [, b]) => b - a).slice(0, limit);
    const records = await Promise.all(found.map(([jobId]) => read(jobId)));
    return records.filter((record) => record !== undefined);
  }

  return {
    countUnknown: async () => (await scan(NOBODY_KNOWS)).size,
    unknown: (limit) => list(NOBODY_KNOWS, limit),
    failed: async (limit) => (await list(NOT_SENT, limit)).map(({ begunAt: _, ...record }) => record),
  };
}
