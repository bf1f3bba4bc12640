export type { QueueConnection } from './connection.ts';
export { isQueueError, QueueError } from './errors.ts';
export type { QueuedEventContext } from './event-context.ts';
export type { EventWorkerOptions, QueuedEventHandlers, QueuedEventOutcome } from './event-options.ts';
export {
  createEventQueue,
  type DeadEvent,
  type EventQueue,
  type EventQueueCounts,
  type EventQueueOptions,
  type QueueableContext,
} from './event-queue.ts';
export { createEventWorker, type EventWorker } from './event-worker.ts';
export type { QueueOptions, QueueWorkerOptions } from './queue-options.ts';
export type { AddSendOptions, QueuedMessage } from './queued-message.ts';
export type { ErrorListener } from './report.ts';
export type { SentRecord } from './send-job.ts';
export type { QueuedSendOutcome, SendRateLimit, SendWorkerOptions } from './send-options.ts';
export {
  createSendQueue,
  type QueuedSend,
  type SendQueue,
  type SendQueueCounts,
  type SendQueueOptions,
} from './send-queue.ts';
export type { FailedSend, UnknownSend } from './send-records.ts';
export type { QueuedSendStatus } from './send-status.ts';
export { createSendWorker, type SendWorker } from './send-worker.ts';
