/**
 * A dashboard of the send queue and the event queue: bull-board on Express.
 *
 * ```ts
 * const dashboard = createQueueDashboard({ connection, basePath: '/admin/queues', authorize: requireOperator });
 * app.use(dashboard.router);
 * ```
 *
 * Pitfalls:
 * - A job's data is somebody's phone number and what they wrote or were sent. Here the board shows neither: only what
 *   `showSend` and `showEvent` let through. Ids are shown, so make none of a phone number.
 * - Whoever sees the board must be allowed to: `authorize` is in front of all of it, its files and its API included.
 *   bull-board itself asks nobody.
 * - The board is read-only. A Retry of an unknown send would do no harm (the worker finds that it was meant to be sent
 *   and gives it up as unknown again). But Duplicate makes a second message of one, Remove lets its id be used again,
 *   and Obliterate loses opt-outs. What a person may do are `sends.markSent`, `sends.sendAgain` and `events.retryDead`.
 * - What the board calls failed are failed and unknown sends together, and a pause that the gateway asked for is not on
 *   it: show `sends.counts()` and `sends.unknownSends()` beside it.
 * - Give `prefix` and the names wherever you gave them to the queues, or the board shows empty queues.
 */
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { type ConnectionOptions, Queue } from 'bullmq';
import { type RequestHandler, Router } from 'express';

export interface QueueDashboardOptions {
  /** Where Redis is, as for the queues. */
  connection: ConnectionOptions;
  /** Where the board is, such as `/admin/queues`. */
  basePath: string;
  /** Answers whoever may not see it, and calls `next()` for the others. */
  authorize: RequestHandler;
  /** As for the queues. */
  prefix?: string;
  sendQueueName?: string;
  eventQueueName?: string;
}

export interface QueueDashboard {
  readonly router: Router;
  close(): Promise<void>;
}

const HIDDEN = '(hidden)';

/** Of a job's data the named fields, and nothing that is added to them one day. */
function only(data: unknown, fields: readonly string[]): Record<string, unknown> {
  const record = typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
  return Object.fromEntries(fields.map((field) => [field, record[field]]));
}

function showSend(data: unknown): object {
  return { ...only(data, ['purpose', 'instanceId']), phone: HIDDEN, message: HIDDEN };
}

function showEvent(data: unknown): object {
  const { event } = only(data, ['event']);
  return {
    ...only(data, ['deliveryKey', 'timestamp']),
    event: { ...only(event, ['event', 'instance_id']), rest: HIDDEN },
  };
}

export function createQueueDashboard({
  connection,
  basePath,
  authorize,
  prefix = 'bull',
  sendQueueName = 'whatsapp-gateway-sends',
  eventQueueName = 'whatsapp-gateway-events',
}: QueueDashboardOptions): QueueDashboard {
  const sends = new Queue(sendQueueName, { connection, prefix });
  const events = new Queue(eventQueueName, { connection, prefix });
  const adapters = [sends, events].map((queue) => {
    queue.on('error', (error) => console.error(`Queue dashboard: ${error.message}`));
    const adapter = new BullMQAdapter(queue, { readOnlyMode: true });
    adapter.setFormatter('data', queue === sends ? showSend : showEvent);
    return adapter;
  });
  const serverAdapter = new ExpressAdapter();
  serverAdapter.setBasePath(basePath);
  createBullBoard({ queues: adapters, serverAdapter });
  const router = Router();
  router.use(basePath, authorize, serverAdapter.getRouter());
  return {
    router,
    async close() {
      await Promise.all([sends.close(), events.close()]);
    },
  };
}
