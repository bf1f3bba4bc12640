import type { JobsOptions } from 'bullmq';
import type { MessagePurpose } from '../protocol.ts';

/** What is kept in Redis of a message that is to be sent. */
export interface SendJobData {
  /** In E.164 with a plus sign. */
  readonly phone: string;
  readonly message: string;
  readonly purpose: MessagePurpose;
  readonly instanceId?: string;
}

/** What is kept in Redis of a message that was sent. */
export interface SentRecord {
  /** The gateway's own word for it, such as `sent`; `marked_sent` where `markSent` decided it. */
  readonly status: string;
  /** The gateway's id of the message, or `null` where none is known. */
  readonly messageId: string | null;
  /** The number of the gateway's log entry, or `null` where none is known. */
  readonly logId: number | null;
}

/** How long records are kept. */
export interface SendRecordTimes {
  readonly keepSentMs: number;
  readonly keepFailedMs: number;
}

/** The name of all jobs of sending; dashboards show it. */
export const SEND_JOB = 'send';

/** BullMQ's count of tries is never what ends a job: the worker's own options do. */
export const NO_LIMIT: number = Number.MAX_SAFE_INTEGER;

/** How BullMQ treats a send: the records stay, and how long to wait before a retry is asked of the worker. */
export function sendJobOptions({ keepSentMs, keepFailedMs }: SendRecordTimes): JobsOptions {
  return {
    attempts: NO_LIMIT,
    backoff: { type: 'worker' },
    removeOnComplete: { age: Math.ceil(keepSentMs / 1_000) },
    removeOnFail: { age: Math.ceil(keepFailedMs / 1_000) },
    stackTraceLimit: 0,
  };
}

/** Whether a record holds what a sender needs; another program may write to the same queue. */
export function isSendJobData(data: unknown): data is SendJobData {
  if (typeof data !== 'object' || data === null) return false;
  const { phone, message, purpose, instanceId } = data as Readonly<Record<string, unknown>>;
  const texts = [phone, message, purpose, ...(instanceId === undefined ? [] : [instanceId])];
  return texts.every((value) => typeof value === 'string' && value !== '');
}
