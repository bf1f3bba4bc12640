import { Queue, Worker } from 'bullmq';
import { createSendQueue, createSendWorker } from 'express-whatsapp-gateway/bullmq';

/** What both contenders send with. */
export interface BenchSender {
  send(message: {
    readonly phone: string;
    readonly message: string;
    readonly purpose: 'transactional';
  }): Promise<{
    readonly status: string;
    readonly messageId: string | null;
    readonly logId: number | null;
    readonly attempts: number;
    readonly durationMs: number;
  }>;
}

/** Somebody who queues messages and sends what is queued, in this process. */
export interface SendContender {
  /** Queues so many messages and resolves when all are sent. */
  run(count: number): Promise<void>;
  close(): Promise<void>;
}

interface Settings {
  readonly url: string;
  readonly sender: BenchSender;
  readonly concurrency: number;
}

const MESSAGE = { phone: '+966501234567', message: 'طلبك 1042 في الطريق', purpose: 'transactional' } as const;
/** How many calls of `add` are under way at once, as in a busy web process. */
const ADDING = 50;
const A_WEEK_S = 604_800;

let serial = 0;

async function addAll(count: number, add: (id: string) => Promise<unknown>): Promise<void> {
  let left = count;
  const addNext = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      serial += 1;
      await add(`order-${serial}`);
    }
  };
  await Promise.all(Array.from({ length: ADDING }, addNext));
}

/** Counts what is sent, and tells when it is all. */
function countdown(): { begin(count: number): Promise<void>; done(): void } {
  let left = 0;
  let finish = (): void => undefined;
  return {
    begin: (count) => {
      left = count;
      return new Promise((resolve) => {
        finish = resolve;
      });
    },
    done: () => {
      left -= 1;
      if (left === 0) finish();
    },
  };
}

/** `createSendQueue` and `createSendWorker`. */
export function ours({ url, sender, concurrency }: Settings): SendContender {
  const common = { connection: { url }, name: 'ours' };
  const queue = createSendQueue(common);
  const sent = countdown();
  const worker = createSendWorker({
    ...common,
    sender,
    concurrency,
    onOutcome: ({ type }) => {
      if (type !== 'sent') throw new Error(`A send ended as ${type}.`);
      sent.done();
    },
  });
  return {
    async run(count) {
      const all = sent.begin(count);
      await addAll(count, (id) => queue.add(MESSAGE, { id }));
      await all;
    },
    close: async () => void (await Promise.all([queue.close(), worker.close()])),
  };
}

/** BullMQ as its manual shows it: the same message, id, times of keeping and sender, and nothing against sending twice. */
export function bare({ url, sender, concurrency }: Settings): SendContender {
  const queue = new Queue('bare', { connection: { url } });
  const sent = countdown();
  const worker = new Worker<typeof MESSAGE>('bare', (job) => sender.send(job.data), {
    connection: { url, maxRetriesPerRequest: null },
    concurrency,
  });
  worker.on('completed', () => sent.done());
  const kept = {
    attempts: 20,
    backoff: { type: 'exponential', delay: 1_000 },
    removeOnComplete: { age: A_WEEK_S },
  };
  return {
    async run(count) {
      const all = sent.begin(count);
      await addAll(count, (id) => queue.add('send', MESSAGE, { ...kept, jobId: id }));
      await all;
    },
    close: async () => void (await Promise.all([queue.close(), worker.close()])),
  };
}
