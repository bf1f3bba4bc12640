/**
 * A send worker in a process of its own, which stands still at one point of its first send until it is told to go on: there
 * it can be killed or stopped. It starts when its first message, the settings, comes.
 */
import { once } from 'node:events';
import type { Intents } from '../../../src/bullmq/intents.ts';
import { INTERNALS, type Internals } from '../../../src/bullmq/internals.ts';
import type { SendWorkerOptions } from '../../../src/bullmq/send-options.ts';
import { createSendWorker } from '../../../src/bullmq/send-worker.ts';
import type { SenderOptions } from '../../../src/sender/options.ts';
import { createSender } from '../../../src/sender/sender.ts';

/** Where the worker stands still. */
export type HoldPoint =
  /** The job is its own, the intent not recorded. */
  | 'before_intent'
  /** The intent is recorded, nothing sent. */
  | 'after_intent'
  /** The gateway answered, nothing of it is written. */
  | 'after_answer'
  /** Nowhere. */
  | 'never';

/** What the first message says. */
export interface WorkerProcessSettings {
  readonly url: string;
  readonly name: string;
  readonly sender: SenderOptions;
  readonly hold: HoldPoint;
  readonly lockMs: number;
  readonly stalledMs: number;
  readonly withIntents: boolean;
  readonly maxStalledCount?: number;
}

/** What it tells its parent. */
export type WorkerProcessMessage =
  | { readonly at: HoldPoint }
  | { readonly outcome: string; readonly code?: string | undefined }
  | { readonly ready: true };

const [settings] = (await once(process, 'message')) as [WorkerProcessSettings];

function say(message: WorkerProcessMessage): void {
  process.send?.(message);
}

let stood = false;

async function standStill(point: HoldPoint): Promise<void> {
  if (settings.hold !== point || stood) return;
  stood = true;
  const told = once(process, 'message');
  say({ at: point });
  await told;
}

/** As if there were no intents: everybody may send. */
function withoutIntents(real: Intents): Intents {
  return { ...real, take: async () => ({ type: 'ours' }), release: async () => 'released' };
}

function hold(real: Intents): Intents {
  const intents = settings.withIntents ? real : withoutIntents(real);
  return {
    ...intents,
    take: async (...taking) => {
      await standStill('before_intent');
      const taken = await intents.take(...taking);
      await standStill('after_intent');
      return taken;
    },
  };
}

const sender = createSender(settings.sender);
const options: SendWorkerOptions & { [INTERNALS]: Internals } = {
  connection: { url: settings.url },
  name: settings.name,
  minDelayMs: 1,
  maxDelayMs: 20,
  sender: {
    send: async (...message) => {
      const sent = await sender.send(...message);
      await standStill('after_answer');
      return sent;
    },
  },
  onOutcome: ({ type, code }) => say({ outcome: type, code }),
  onError: () => undefined,
  [INTERNALS]: {
    lockMs: settings.lockMs,
    stalledMs: settings.stalledMs,
    ...(settings.maxStalledCount !== undefined && { maxStalledCount: settings.maxStalledCount }),
    intents: hold,
  },
};
createSendWorker(options);
say({ ready: true });
