import { setTimeout as sleep } from 'node:timers/promises';
import { createSender } from 'express-whatsapp-gateway';
import { type GatewayEmulator, startGatewayEmulator } from 'express-whatsapp-gateway/testing';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestPostgres, whyNoPostgres } from '../../../test/support/postgres.ts';
import { inTransaction, openPool, prepareDatabase } from '../src/database.ts';
import { lockedSender } from '../src/locked-sender.ts';
import { hasOptedOut, recordOptOut } from '../src/opt-outs.ts';

const MESSAGE = { message: 'طلبك في الطريق إليك.', purpose: 'transactional' } as const;
const HOUR_MS = 3_600_000;
const WAITING = `
  SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

const END_HOLDERS = `
  SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

const why = whyNoPostgres();
let number = 0;

/** A recipient that no other test has. */
function somebody(): string {
  number += 1;
  return `+96650000${String(number).padStart(4, '0')}`;
}

let postgres: TestPostgres | undefined;
let pool: Pool;
let locks: Pool;
let gateway: GatewayEmulator;
let sender: ReturnType<typeof lockedSender>;

beforeAll(async () => {
  if (why !== undefined) return;
  postgres = await startPostgres();
  await prepareDatabase(postgres.url);
  pool = openPool({ databaseUrl: postgres.url, max: 8 });
  locks = openPool({ databaseUrl: postgres.url, max: 8 });
  gateway = await startGatewayEmulator({ plan: 'unlimited' });
  const { apiKey, instanceId, url: baseUrl } = gateway;
  const isSuppressed = (phone: string): Promise<boolean> => hasOptedOut(pool, phone);
  sender = lockedSender(
    createSender({ apiKey, instanceId, baseUrl, isSuppressed, timeoutMs: HOUR_MS }),
    locks,
  );
});

afterEach(() => gateway?.reset());

afterAll(async () => {
  await gateway?.close();
  await pool?.end();
  await locks?.end();
  await postgres?.stop();
});

function optOut(phone: string): Promise<void> {
  return inTransaction(pool, (client) =>
    recordOptOut(client, { phone, at: new Date(), deliveryKey: `key ${phone}` }),
  );
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await sleep(10);
}

/** Whether somebody waits for a recipient's lock. */
async function isWaiting(): Promise<boolean> {
  return ((await pool.query(WAITING)).rowCount ?? 0) > 0;
}

/** Sends a message that the gateway has and does not answer until its clock is moved. */
async function beginSend(phone: string): Promise<{ readonly sending: Promise<unknown> }> {
  gateway.faults.add({ on: 'send', type: 'delay', ms: HOUR_MS, when: 'after' });
  const sending = sender.send({ phone, ...MESSAGE });
  sending.catch(() => undefined);
  await until(() => gateway.messages.length === 1);
  return { sending };
}

test.skipIf(why)('an opt-out is over only when a send that is under way is', async () => {
  const phone = somebody();
  const { sending } = await beginSend(phone);
  let isOver = false;
  const optingOut = optOut(phone).then(() => {
    isOver = true;
  });
  await until(isWaiting);
  expect(isOver).toBe(false);
  await gateway.clock.advance(HOUR_MS);
  await Promise.all([sending, optingOut]);
  expect(await hasOptedOut(pool, phone)).toBe(true);
});

test.skipIf(why)('a send that begins while an opt-out is written waits for it and is refused', async () => {
  const phone = somebody();
  const sending = await inTransaction(pool, async (client) => {
    await recordOptOut(client, { phone, at: new Date(), deliveryKey: 'key' });
    const begun = sender.send({ phone, ...MESSAGE });
    begun.catch(() => undefined);
    await until(isWaiting);
    return { begun };
  });
  await expect(sending.begun).rejects.toMatchObject({ code: 'recipient_suppressed', outcome: 'not_sent' });
  expect(gateway.requests).toHaveLength(0);
});

test.skipIf(why)('sends to one person do not wait for each other, nor for opt-outs of others', async () => {
  const phone = somebody();
  const { sending } = await beginSend(phone);
  await sender.send({ phone, ...MESSAGE });
  await optOut(somebody());
  await gateway.clock.advance(HOUR_MS);
  await sending;
  expect(gateway.messages).toHaveLength(2);
});

test.skipIf(why)('a send ends when its lock is lost', async () => {
  const phone = somebody();
  const { sending } = await beginSend(phone);
  await pool.query(END_HOLDERS);
  await expect(sending).rejects.toMatchObject({ code: 'aborted', outcome: 'unknown' });
  await optOut(phone);
});

test.skipIf(why)('a send whose lock cannot be had is known not to be sent', async () => {
  const closed = openPool({ databaseUrl: postgres?.url ?? '', max: 1 });
  await closed.end();
  const send = async (): Promise<unknown> => expect.unreachable();
  await expect(
    lockedSender({ send } as never, closed).send({ phone: somebody(), ...MESSAGE }),
  ).rejects.toMatchObject({
    code: 'recipient_lock_failed',
    outcome: 'not_sent',
    retryable: true,
  });
});
