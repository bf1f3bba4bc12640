import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { redisDeliveryStore } from '../../src/deliveries/redis.ts';
import { STORE_TIMEOUT_MS } from '../../src/protocol.ts';
import { whatsappGatewayWebhook } from '../../src/webhook/middleware.ts';
import type { WebhookOptions } from '../../src/webhook/options.ts';
import type { WebhookOutcome } from '../../src/webhook/outcome.ts';
import { deferred } from '../support/deferred.ts';
import { now, SECRET, signUnique } from '../support/deliveries.ts';
import { PATH } from '../support/hosts.ts';
import { type OwnRedis, startOwnRedis, whyNoOwnRedis } from '../support/redis.ts';
import { type RedisConnection, redisClients } from '../support/redis-clients.ts';
import { type RunningServer, send, serve } from '../support/server.ts';

const noRedis = whyNoOwnRedis();
if (noRedis) console.warn(`Skipped, Express apps whose Redis goes away: ${noRedis}.`);

describe.skipIf(noRedis !== undefined).each(redisClients)(
  'two Express apps on one Redis, by $name',
  (client) => {
    let redis: OwnRedis;
    let connections: RedisConnection[];
    let outcomes: WebhookOutcome[];

    beforeEach(async () => {
      redis = await startOwnRedis();
      connections = [];
      outcomes = [];
    });

    afterEach(async () => {
      for (const { close } of connections) close();
      await redis.stop();
    });

    /** An app with a connection and a store of its own. */
    async function startApp(onMessage: WebhookOptions['onMessage']): Promise<RunningServer> {
      const connection = await client.connect(redis.url);
      connections.push(connection);
      const webhook = whatsappGatewayWebhook({
        secret: SECRET,
        now,
        onMessage,
        deliveries: redisDeliveryStore({ sendCommand: connection.sendCommand }),
        onOutcome: (outcome) => {
          outcomes.push(outcome);
        },
      });
      return serve(express().post(PATH, webhook));
    }

    async function startApps(onMessage: WebhookOptions['onMessage']) {
      return [await startApp(onMessage), await startApp(onMessage)] as const;
    }

    async function deliverUntilHandled(app: () => RunningServer, delivery: ReturnType<typeof signUnique>) {
      await vi.waitUntil(async () => (await send(app(), delivery)).status === 200, {
        timeout: 30_000,
        interval: 50,
      });
    }

    it('handle a delivery in one of them, and its copy in neither', async () => {
      const work = deferred();
      const onMessage = vi.fn(() => work.promise);
      const [one, other] = await startApps(onMessage);
      const delivery = signUnique();
      const first = send(one, delivery);
      await vi.waitUntil(() => onMessage.mock.calls.length > 0);
      expect(await send(other, delivery)).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
      work.resolve();
      expect((await first).status).toBe(200);
      expect((await send(other, delivery)).status).toBe(200);
      expect((await send(one, delivery)).status).toBe(200);
      expect(onMessage).toHaveBeenCalledOnce();
      expect(outcomes.map(({ type, error }) => error?.code ?? type)).toEqual([
        'delivery_in_flight',
        'handled',
        'duplicate',
        'duplicate',
      ]);
    });

    it('let the other handle what failed in one', async () => {
      const onMessage = vi.fn().mockRejectedValueOnce(new Error('no disk')).mockResolvedValue(undefined);
      const [one, other] = await startApps(onMessage);
      const delivery = signUnique();
      expect((await send(one, delivery)).status).toBe(500);
      expect((await send(other, delivery)).status).toBe(200);
      expect(onMessage).toHaveBeenCalledTimes(2);
    });

    it('answer 503 while Redis is down, without delay, and handle when it is back', async () => {
      const onMessage = vi.fn();
      const [one, other] = await startApps(onMessage);
      await redis.halt('SIGKILL');
      const delivery = signUnique();
      const startedAt = performance.now();
      for (const app of [one, other, one]) {
        expect(await send(app, delivery)).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
      }
      expect(performance.now() - startedAt).toBeLessThan(STORE_TIMEOUT_MS);
      expect(onMessage).not.toHaveBeenCalled();
      expect(outcomes.map(({ error }) => error?.code)).toEqual(Array(3).fill('store_unavailable'));
      await redis.start();
      await deliverUntilHandled(() => one, delivery);
      // Its connection is one of its own, and may come back later.
      await deliverUntilHandled(() => other, delivery);
      expect(onMessage).toHaveBeenCalledOnce();
    });

    it('know after a crash of Redis what they handled before it', async () => {
      const onMessage = vi.fn();
      const [one, other] = await startApps(onMessage);
      const delivery = signUnique();
      expect((await send(one, delivery)).status).toBe(200);
      await redis.halt('SIGKILL');
      await redis.start();
      await deliverUntilHandled(() => other, delivery);
      expect(onMessage).toHaveBeenCalledOnce();
    });

    it('finish, and remember, what is at work while Redis crashes', async () => {
      const work = deferred();
      const onMessage = vi.fn(() => work.promise);
      const [one, other] = await startApps(onMessage);
      const delivery = signUnique();
      const first = send(one, delivery);
      await vi.waitUntil(() => onMessage.mock.calls.length > 0);
      await redis.halt('SIGKILL');
      work.resolve();
      await sleep(200);
      await redis.start();
      expect((await first).status).toBe(200);
      await deliverUntilHandled(() => other, delivery);
      expect(onMessage).toHaveBeenCalledOnce();
      expect(outcomes.filter(({ type }) => type === 'handled')).toMatchObject([{ status: 200 }]);
      expect(outcomes.find(({ type }) => type === 'handled')?.error).toBeUndefined();
    });

    it('run each of two hundred deliveries once, copies and retries included, over three crashes', async () => {
      const runs = new Map<string, number>();
      const apps = await startApps(async (event) => {
        runs.set(event.message_text, (runs.get(event.message_text) ?? 0) + 1);
        await sleep(5);
      });
      let turn = 0;
      const nextApp = (): RunningServer => {
        turn += 1;
        return apps[turn % 2 === 0 ? 0 : 1];
      };
      const waiting = Array.from({ length: 200 }, signUnique);
      let handled = 0;
      async function deliverAll(): Promise<void> {
        for (let delivery = waiting.pop(); delivery !== undefined; delivery = waiting.pop()) {
          const copies = [delivery, delivery];
          await Promise.all(copies.map((copy) => deliverUntilHandled(nextApp, copy)));
          handled += 1;
        }
      }
      const delivering = Promise.all(Array.from({ length: 8 }, deliverAll));
      for (const crashAt of [40, 80, 120]) {
        await vi.waitUntil(() => handled >= crashAt, { timeout: 30_000, interval: 1 });
        await redis.halt('SIGKILL');
        await sleep(100);
        await redis.start();
      }
      await delivering;
      expect(runs.size).toBe(200);
      expect([...runs].filter(([, times]) => times !== 1)).toEqual([]);
      expect(outcomes.filter(({ error }) => error?.code === 'store_unavailable').length).toBeGreaterThan(0);
    }, 60_000);
  },
);
