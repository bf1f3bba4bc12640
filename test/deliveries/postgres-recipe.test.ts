import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { pgTable, text } from 'drizzle-orm/pg-core';
import express from 'express';
import { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  deliveriesTable,
  type PostgresDeliveryStore,
  postgresDeliveryStore,
} from '../../docs/recipes/postgres-delivery-store.ts';
import { whatsappGatewayWebhook } from '../../src/webhook/middleware.ts';
import type { WebhookOptions } from '../../src/webhook/options.ts';
import { deferred } from '../support/deferred.ts';
import { now, PHONE, SECRET, sign } from '../support/deliveries.ts';
import { PATH } from '../support/hosts.ts';
import { startPostgres, type TestPostgres, whyNoPostgres } from '../support/postgres.ts';
import { send, serve } from '../support/server.ts';
import type { CrashMoment, CrashSetup } from './postgres-crash.ts';
import { describeDeliveryStore } from './store-contract.ts';

const CRASHING = fileURLToPath(new URL('postgres-crash.ts', import.meta.url));
const LONG_MS = 60_000;
const ADD_EFFECT = 'INSERT INTO effects (delivery) VALUES ($1)';

const noPostgres = whyNoPostgres();
if (noPostgres) console.warn(`Skipped, the PostgreSQL recipe: ${noPostgres}.`);

describe.skipIf(noPostgres !== undefined)('the PostgreSQL recipe', () => {
  let postgres: TestPostgres;
  let pool: Pool;
  let store: PostgresDeliveryStore;

  beforeAll(async () => {
    postgres = await startPostgres();
    pool = new Pool({ connectionString: postgres.url });
    pool.on('error', () => undefined);
    store = postgresDeliveryStore(pool);
    await pool.query(deliveriesTable);
    await pool.query('CREATE TABLE IF NOT EXISTS effects (delivery text)');
  });

  beforeEach(() => pool.query('TRUNCATE whatsapp_deliveries, effects'));

  afterAll(async () => {
    await pool?.end();
    await postgres?.stop();
  });

  async function countEffects(): Promise<number> {
    return (await pool.query('SELECT 1 FROM effects')).rowCount ?? 0;
  }

  async function countDeliveries(): Promise<number> {
    return (await pool.query('SELECT 1 FROM whatsapp_deliveries')).rowCount ?? 0;
  }

  const addEffect = () =>
    store.inTransaction(async (_event: undefined, { deliveryKey }: { deliveryKey: string }, client) => {
      await client.query(ADD_EFFECT, [deliveryKey]);
    });

  /** Handles a delivery in a process that is killed at that moment. */
  async function crash(moment: CrashMoment, key: string, leaseMs: number): Promise<void> {
    const setup: CrashSetup = { url: postgres.url, key, leaseMs, moment };
    const child = fork(CRASHING, [JSON.stringify(setup)], { execArgv: ['--import', 'tsx'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    expect(await once(child, 'message')).toEqual([moment, undefined]);
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  describeDeliveryStore('the PostgreSQL recipe', () => ({
    store,
    passTime: (milliseconds) => sleep(milliseconds),
  }));

  it('knows a delivery as done whose process was killed between commit and complete', async () => {
    await crash('before complete', 'key', 1);
    expect(await store.claim('key', 'retry', LONG_MS)).toBe('done');
    expect(await countEffects()).toBe(1);
  });

  it('keeps nothing of a process that was killed before it committed, and lets the retry in', async () => {
    await crash('before commit', 'key', 500);
    await vi.waitUntil(async () => (await store.claim('key', 'retry', LONG_MS)) === 'claimed', {
      timeout: 10_000,
    });
    expect(await countEffects()).toBe(0);
    await addEffect()(undefined, { deliveryKey: 'key' });
    await store.complete('key', 'retry', LONG_MS);
    expect(await countEffects()).toBe(1);
  });

  it('undoes what a handler wrote that fails, and lets the retry in', async () => {
    const failing = store.inTransaction(async (_event: undefined, { deliveryKey }, client) => {
      await client.query(ADD_EFFECT, [deliveryKey]);
      throw new Error('no stock');
    });
    await store.claim('key', 'token', LONG_MS);
    await expect(failing(undefined, { deliveryKey: 'key' })).rejects.toThrow('no stock');
    await store.release('key', 'token');
    expect(await countEffects()).toBe(0);
    expect(await store.claim('key', 'retry', LONG_MS)).toBe('claimed');
  });

  it('undoes what a handler wrote that went on after a query had failed', async () => {
    const careless = store.inTransaction(async (_event: undefined, { deliveryKey }, client) => {
      await client.query(ADD_EFFECT, [deliveryKey]);
      await client.query('SELECT 1 / 0').catch(() => undefined);
    });
    await store.claim('key', 'token', LONG_MS);
    await expect(careless(undefined, { deliveryKey: 'key' })).rejects.toThrow('transaction is aborted');
    expect(await countEffects()).toBe(0);
  });

  it('lets one of two runs commit whose lease ran out between them, and undoes the other', async () => {
    const late = deferred();
    const slow = store.inTransaction(async (_event: undefined, { deliveryKey }, client) => {
      await client.query(ADD_EFFECT, [deliveryKey]);
      await late.promise;
    });
    expect(await store.claim('key', 'slow', 1)).toBe('claimed');
    const slowRun = slow(undefined, { deliveryKey: 'key' });
    await sleep(50);
    expect(await store.claim('key', 'second', LONG_MS)).toBe('claimed');
    await addEffect()(undefined, { deliveryKey: 'key' });
    late.resolve();
    await expect(slowRun).rejects.toThrow('this run is undone');
    await store.release('key', 'slow');
    expect(await countEffects()).toBe(1);
    expect(await store.claim('key', 'third', LONG_MS)).toBe('done');
  });

  it('lets one of ten runs at the same moment commit', async () => {
    await store.claim('key', 'token', LONG_MS);
    const runs = Array.from({ length: 10 }, () => addEffect()(undefined, { deliveryKey: 'key' }));
    const settled = await Promise.allSettled(runs);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await countEffects()).toBe(1);
  });

  it('survives a connection that is lost in the middle of a handler, and gives it to nobody else', async () => {
    const unlucky = store.inTransaction(async (_event: undefined, { deliveryKey }, client) => {
      await client.query(ADD_EFFECT, [deliveryKey]);
      const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
      await pool.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
      await sleep(50);
    });
    await store.claim('key', 'token', LONG_MS);
    await expect(unlucky(undefined, { deliveryKey: 'key' })).rejects.toThrow();
    expect(await countEffects()).toBe(0);
    await addEffect()(undefined, { deliveryKey: 'key' });
    expect(await countEffects()).toBe(1);
  });

  it('answers a copy at once while a handler is at work in its transaction', async () => {
    const work = deferred();
    const handle = store.inTransaction(async (_event: undefined, { deliveryKey }, client) => {
      await client.query(ADD_EFFECT, [deliveryKey]);
      await work.promise;
    });
    await store.claim('key', 'token', LONG_MS);
    const run = handle(undefined, { deliveryKey: 'key' });
    expect(await store.claim('key', 'copy', LONG_MS)).toBe('in_flight');
    work.resolve();
    await run;
    expect(await store.claim('key', 'copy', LONG_MS)).toBe('done');
  });

  it('removes what needs no longer be remembered, and nothing else', async () => {
    await store.claim('lost', 'token', 1);
    await store.claim('held', 'token', LONG_MS);
    await store.claim('done', 'token', 1);
    await store.complete('done', 'token', LONG_MS);
    await store.claim('forgotten', 'token', LONG_MS);
    await store.complete('forgotten', 'token', 1);
    await sleep(20);
    await store.removeEnded();
    expect(await countDeliveries()).toBe(2);
    expect(await store.claim('held', 'other', LONG_MS)).toBe('in_flight');
    expect(await store.claim('done', 'other', LONG_MS)).toBe('done');
  });

  describe('in an Express app', () => {
    async function appWith(
      options: Partial<WebhookOptions>,
      deliveries: WebhookOptions['deliveries'] = store,
    ) {
      return serve(
        express().post(PATH, whatsappGatewayWebhook({ secret: SECRET, now, deliveries, ...options })),
      );
    }

    it('writes once, over copies at the same moment and later', async () => {
      const app = await appWith({
        onMessage: store.inTransaction(async (event, context, client) => {
          await client.query(ADD_EFFECT, [`${context.phone} ${event.message_text}`]);
        }),
      });
      const delivery = sign();
      const answers = await Promise.all(Array.from({ length: 5 }, () => send(app, delivery)));
      for (const { status } of answers) expect(status).toBeOneOf([200, 503]);
      expect((await send(app, delivery)).status).toBe(200);
      const { rows } = await pool.query('SELECT delivery FROM effects');
      expect(rows).toEqual([{ delivery: expect.stringContaining(PHONE) }]);
      const { rows: kept } = await pool.query(
        "SELECT done_until < now() + interval '2 days' AS ends FROM whatsapp_deliveries",
      );
      expect(kept).toEqual([{ ends: true }]);
    });

    it('writes once where the process lost its store before complete', async () => {
      const onMessage = store.inTransaction(async (_event, { deliveryKey }, client) => {
        await client.query(ADD_EFFECT, [deliveryKey]);
      });
      const complete = () => Promise.reject(new Error('unplugged'));
      const first = await appWith({ onMessage }, { ...store, complete });
      const second = await appWith({ onMessage });
      expect((await send(first, sign())).status).toBe(200);
      expect((await send(second, sign())).status).toBe(200);
      expect(await countEffects()).toBe(1);
    });

    it('takes Drizzle on the client it is given', async () => {
      const effects = pgTable('effects', { delivery: text() });
      const onMessage = vi
        .fn<NonNullable<WebhookOptions['onMessage']>>()
        .mockImplementationOnce(
          store.inTransaction(async (_event, { deliveryKey }, client) => {
            await drizzle(client).insert(effects).values({ delivery: deliveryKey });
            throw new Error('no stock');
          }),
        )
        .mockImplementation(
          store.inTransaction(async (_event, { deliveryKey }, client) => {
            await drizzle(client).insert(effects).values({ delivery: deliveryKey });
          }),
        );
      const app = await appWith({ onMessage });
      expect((await send(app, sign())).status).toBe(500);
      expect(await countEffects()).toBe(0);
      expect((await send(app, sign())).status).toBe(200);
      expect(await countEffects()).toBe(1);
    });
  });
});
