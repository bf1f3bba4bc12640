import type { Internals } from '../../../src/bullmq/internals.ts';
import type { SendQueue } from '../../../src/bullmq/send-queue.ts';
import { type Answering, answerSent, type CountingGateway, startCountingGateway } from './gateway.ts';
import {
  MESSAGE,
  makeSendQueue,
  makeSendWorker,
  type QueueRedis,
  queueName,
  senderTo,
  type TestSendWorker,
} from './queues.ts';
import { startWorkerProcess, type WorkerProcess } from './start-worker-process.ts';
import type { HoldPoint, WorkerProcessSettings } from './worker-process.ts';

/** The one message's id. */
export const ID = 'order-1042';

/** A worker in its own process that stands still with a message. */
export interface Standing {
  readonly gateway: CountingGateway;
  readonly queue: SendQueue;
  readonly worker: WorkerProcess;
  /** Starts a second worker, which finds what the first left. */
  startSecond(internals?: Internals): TestSendWorker;
}

export async function standWith(
  redis: QueueRedis,
  hold: HoldPoint,
  { answering = answerSent, ...settings }: Partial<WorkerProcessSettings> & { answering?: Answering } = {},
): Promise<Standing> {
  const gateway = await startCountingGateway(answering);
  const common = { connection: redis.connection, name: queueName() };
  const sender = senderTo(gateway.url);
  const queue = makeSendQueue(common);
  const { url } = redis.connection;
  const worker = await startWorkerProcess({ ...settings, url, name: common.name, sender }, hold);
  await queue.add(MESSAGE, { id: ID });
  await worker.stands;
  const startSecond = (internals?: Internals) => makeSendWorker({ ...common, sender }, internals);
  return { gateway, queue, worker, startSecond };
}
