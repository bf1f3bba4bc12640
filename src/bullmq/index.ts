export type { QueueConnection } from './connection.ts';
export { isQueueError, QueueError } from './errors.ts';
export type { QueueOptions, QueueWorkerOptions } from './queue-options.ts';
export type { ErrorListener } from './report.ts';
export type { SentRecord } from './send-job.ts';
export type { QueuedSendOutcome, SendRateLimit, SendWorkerOptions } from './send-options.ts';
export {
  type AddSendOptions,
  createSendQueue,
  type QueuedMessage,
  type SendQueue,
  type SendQueueCounts,
  type SendQueueOptions,
} from './send-queue.ts';
export type { FailedSend, UnknownSend } from './send-records.ts';
export type { QueuedSendStatus } from './send-status.ts';
export { createSendWorker, type SendWorker } from './send-worker.ts';
