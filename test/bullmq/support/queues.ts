import { Redis } from 'ioredis';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { EventWorkerOptions, QueuedEventOutcome } from '../../../src/bullmq/event-options.ts';
import {
  createEventQueue,
  type EventQueue,
  type EventQueueOptions,
} from '../../../src/bullmq/event-queue.ts';
import { createEventWorker, type EventWorker } from '../../../src/bullmq/event-worker.ts';
import { INTERNALS, type Internals } from '../../../src/bullmq/internals.ts';
import type { QueuedSendOutcome, SendWorkerOptions } from '../../../src/bullmq/send-options.ts';
import { createSendQueue, type SendQueue, type SendQueueOptions } from '../../../src/bullmq/send-queue.ts';
import { createSendWorker, type SendWorker } from '../../../src/bullmq/send-worker.ts';
import type { SenderOptions } from '../../../src/sender/options.ts';
import { type OwnRedis, startOwnRedis } from '../../support/redis.ts';

export const PHONE = '+966501234567';
export const TEXT = 'طلبك 1042 في الطريق';
export const MESSAGE = { phone: PHONE, message: TEXT, purpose: 'transactional' } as const;

/** Times short enough to wait for, and long enough for a busy machine. */
export const QUICK: Internals = { lockMs: 800, stalledMs: 250 };

/** Redis for one test file. */
export interface QueueRedis {
  /** The server; only there while tests run. */
  readonly server: OwnRedis;
  /** Where it is, as an option. */
  readonly connection: { readonly url: string };
  /** A client for looking at what is really there. */
  readonly client: Redis;
}

/** Starts a Redis before the tests of a file and stops it after them. */
export function useRedis(): QueueRedis {
  let server: OwnRedis | undefined;
  let client: Redis | undefined;
  beforeAll(async () => {
    server = await startOwnRedis();
    client = new Redis(server.url);
    client.on('error', () => undefined);
  });
  afterAll(async () => {
    client?.disconnect();
    await server?.stop();
  });
  const there = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('Redis is only there while tests run.');
    return value;
  };
  return {
    get server() {
      return there(server);
    },
    get connection() {
      return { url: there(server).url };
    },
    get client() {
      return there(client);
    },
  };
}

let names = 0;

/** A queue's name that no other test has. */
export function queueName(): string {
  names += 1;
  return `test-${process.pid}-${names}`;
}

/** A sender's options for a gateway on this machine. */
export function senderTo(url: string, options: SenderOptions = {}): SenderOptions {
  return { apiKey: 'wg_live_0123456789abcdef', instanceId: 'inst-1', baseUrl: url, ...options };
}

export function makeSendQueue(options: SendQueueOptions): SendQueue {
  const queue = createSendQueue({ onError: () => undefined, ...options });
  onTestFinished(() => queue.close());
  return queue;
}

/** A worker that is closed when the test ends, with everything it reported. */
export interface TestSendWorker extends SendWorker {
  readonly outcomes: readonly QueuedSendOutcome[];
  readonly errors: readonly Error[];
}

export function makeSendWorker(options: SendWorkerOptions, internals: Internals = {}): TestSendWorker {
  const outcomes: QueuedSendOutcome[] = [];
  const errors: Error[] = [];
  const all: SendWorkerOptions & { [INTERNALS]: Internals } = {
    minDelayMs: 1,
    maxDelayMs: 20,
    closeTimeoutMs: 1_000,
    onOutcome: (outcome) => outcomes.push(outcome),
    onError: (error) => errors.push(error),
    ...options,
    [INTERNALS]: { ...QUICK, ...internals },
  };
  const worker = createSendWorker(all);
  onTestFinished(() => worker.close());
  return { ...worker, outcomes, errors };
}

export function makeEventQueue(options: EventQueueOptions): EventQueue {
  const queue = createEventQueue({ onError: () => undefined, ...options });
  onTestFinished(() => queue.close());
  return queue;
}

/** A worker that is closed when the test ends, with everything it reported. */
export interface TestEventWorker extends EventWorker {
  readonly outcomes: readonly QueuedEventOutcome[];
  readonly errors: readonly Error[];
}

export function makeEventWorker(options: EventWorkerOptions, internals: Internals = {}): TestEventWorker {
  const outcomes: QueuedEventOutcome[] = [];
  const errors: Error[] = [];
  const all: EventWorkerOptions & { [INTERNALS]: Internals } = {
    minDelayMs: 1,
    maxDelayMs: 20,
    closeTimeoutMs: 1_000,
    onOutcome: (outcome) => outcomes.push(outcome),
    onError: (error) => errors.push(error),
    ...options,
    [INTERNALS]: { ...QUICK, ...internals },
  };
  const worker = createEventWorker(all);
  onTestFinished(() => worker.close());
  return { ...worker, outcomes, errors };
}
