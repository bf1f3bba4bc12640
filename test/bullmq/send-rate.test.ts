import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { SendRateLimit } from '../../src/bullmq/send-options.ts';
import { type GatewayEmulator, startGatewayEmulator } from '../../src/testing/index.ts';
import {
  MESSAGE,
  makeSendQueue,
  makeSendWorker,
  queueName,
  type TestSendWorker,
  useRedis,
} from './support/queues.ts';
import { until } from './support/until.ts';

const redis = useRedis();

/** The emulator's clock runs so many times as fast as the machine's: its minutes must not be minutes of this test. */
const SPEED = 100;
const MINUTE_MS = 60_000;
const LIMIT = 30;
const WINDOWS = 10;
/** More than ten windows hold, so that the last of them is full too. */
const MESSAGES = LIMIT * WINDOWS + 10;
const WORKERS = 4;
const CONCURRENCY = 4;
/** Ten windows are six seconds; a machine with much else to do takes longer. */
const LONGEST_MS = 100_000;
/** Nobody dies here, however long a busy machine lets a worker wait. */
const PATIENT = { lockMs: 30_000, stalledMs: 30_000 };

interface Ran {
  readonly gateway: GatewayEmulator;
  readonly workers: readonly TestSendWorker[];
  /** The numbers of the messages in the order in which they were accepted. */
  readonly order: readonly number[];
}

/**
 * Sends through a gateway that takes thirty a minute. The first thirty messages come one by one over a whole minute, so
 * that from then on its room comes back one by one as well; the others wait behind them.
 */
async function sendThroughTenWindows(rateLimit?: SendRateLimit): Promise<Ran> {
  const startedAt = Date.now();
  const gateway = await startGatewayEmulator({
    now: () => startedAt + (Date.now() - startedAt) * SPEED,
    throttle: { limit: LIMIT, perSeconds: MINUTE_MS / 1_000 },
    plan: 'unlimited',
    historyLimit: 10_000,
  });
  onTestFinished(() => gateway.close());
  const common = { connection: redis.connection, name: queueName() };
  const queue = makeSendQueue(common);
  const sender = { apiKey: gateway.apiKey, instanceId: gateway.instanceId, baseUrl: gateway.url };
  const workers = Array.from({ length: WORKERS }, () =>
    makeSendWorker(
      { ...common, sender, concurrency: CONCURRENCY, rateLimit },
      // What the gateway asks for in its seconds passes in ours.
      { ...PATIENT, pause: (pause) => (ms) => pause(ms / SPEED) },
    ),
  );
  for (let number = 0; number < MESSAGES; number += 1) {
    await queue.add({ ...MESSAGE, message: String(number) }, { id: `n-${number}` });
    if (number < LIMIT) await sleep(MINUTE_MS / LIMIT / SPEED);
  }
  await until('all are sent', async () => (await queue.counts()).sent === MESSAGES, LONGEST_MS);
  expect(await queue.counts()).toEqual({
    waiting: 0,
    delayed: 0,
    active: 0,
    sent: MESSAGES,
    failed: 0,
    unknown: 0,
    throttledUntil: null,
  });
  return { gateway, workers, order: gateway.messages.map(({ message }) => Number(message)) };
}

/** The most that came within any minute of the gateway's clock, wherever it begins. */
function mostInAMinute(dates: readonly Date[]): number {
  const times = dates.map((at) => at.getTime()).sort((a, b) => a - b);
  return Math.max(...times.map((end) => times.filter((at) => at > end - MINUTE_MS && at <= end).length));
}

describe('four workers and a gateway that allows thirty a minute', () => {
  test.each([
    ['which the workers are told', { max: LIMIT, perMs: MINUTE_MS / SPEED }],
    ['which only the gateway knows', undefined],
  ])(
    '%s, send no more in any of ten minutes, lose nothing and starve nothing',
    async (_name, rateLimit) => {
      const { gateway, workers, order } = await sendThroughTenWindows(rateLimit);
      expect([...order].sort((a, b) => a - b)).toEqual(
        Array.from({ length: MESSAGES }, (_, number) => number),
      );
      const accepted = gateway.messages.map(({ at }) => at);
      expect(mostInAMinute(accepted)).toBeLessThanOrEqual(LIMIT);
      const lasted = (accepted.at(-1)?.getTime() ?? 0) - (accepted[0]?.getTime() ?? 0);
      expect(lasted).toBeGreaterThanOrEqual(WINDOWS * MINUTE_MS);
      // Those under way together may overtake each other, and nobody else does.
      const overtaken = Math.max(...order.map((number, place) => place - number));
      expect(overtaken).toBeLessThanOrEqual(3 * WORKERS * CONCURRENCY);
      // Whoever is told the limit never even asks for more.
      if (rateLimit !== undefined) expect(gateway.requests).toHaveLength(MESSAGES);
      const outcomes = workers.flatMap((worker) => worker.outcomes);
      expect(outcomes.map(({ type }) => type)).toEqual(Array.from({ length: MESSAGES }, () => 'sent'));
    },
    LONGEST_MS,
  );
});
