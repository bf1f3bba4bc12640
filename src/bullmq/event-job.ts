import type { JobsOptions } from 'bullmq';
import { RECIPIENT_OPTED_OUT } from '../protocol.ts';
import type { WebhookContext } from '../webhook/context.ts';
import type { WebhookEvent } from '../webhook/event.ts';
import { NO_LIMIT } from './send-job.ts';

/** What is kept in Redis of a delivery: what its handler needs of it. */
export interface EventJobData {
  readonly event: WebhookEvent;
  readonly deliveryKey: string;
  /** When the gateway signed it, in milliseconds since 1970. */
  readonly timestamp: number;
  readonly secretIndex: number;
}

/** How long records are kept. */
export interface EventRecordTimes {
  readonly keepDoneMs: number;
  readonly keepDeadMs: number;
}

/**
 * BullMQ takes jobs without a priority before any job that has one, and then by the number. Opt-outs have none, so
 * that they overtake everything else, and still do after a retry.
 */
const AFTER_OPT_OUTS = 1;

/** How BullMQ treats events: the records stay, and how long to wait before a retry is asked of the worker. */
export function eventJobOptions({ keepDoneMs, keepDeadMs }: EventRecordTimes): JobsOptions {
  return {
    attempts: NO_LIMIT,
    backoff: { type: 'worker' },
    removeOnComplete: { age: Math.ceil(keepDoneMs / 1_000) },
    removeOnFail: { age: Math.ceil(keepDeadMs / 1_000) },
    stackTraceLimit: 0,
  };
}

/** @returns what of the options differs between events. */
export function eventPriority({ event }: WebhookEvent): Pick<JobsOptions, 'priority'> {
  return event === RECIPIENT_OPTED_OUT ? {} : { priority: AFTER_OPT_OUTS };
}

/** Takes what survives the queue out of a delivery. */
export function toEventJobData(
  event: WebhookEvent,
  { deliveryKey, timestamp, secretIndex }: Pick<WebhookContext, 'deliveryKey' | 'timestamp' | 'secretIndex'>,
): EventJobData {
  return { event, deliveryKey, timestamp: timestamp.getTime(), secretIndex };
}

/** Whether a record holds what a handler needs; another program may write to the same queue. */
export function isEventJobData(data: unknown): data is EventJobData {
  if (typeof data !== 'object' || data === null || !('event' in data)) return false;
  const { event } = data;
  return typeof event === 'object' && event !== null && 'event' in event && typeof event.event === 'string';
}
