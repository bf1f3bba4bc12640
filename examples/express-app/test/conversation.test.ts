import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSender, type Sender } from 'express-whatsapp-gateway';
import { type GatewayEmulator, startGatewayEmulator } from 'express-whatsapp-gateway/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ORDER_OF_LAYLA, seed } from '../demo/seed.ts';
import { createApp } from '../src/app.ts';
import { type OpenDatabase, openDatabase } from '../src/database.ts';
import { findUser, hasOptedOut } from '../src/users.ts';

const LAYLA = '+966501234567';

describe('a conversation with the app', () => {
  let database: OpenDatabase;
  let gateway: GatewayEmulator;
  let sender: Sender;
  let server: Server;
  let url: string;

  beforeAll(async () => {
    database = await openDatabase();
    await seed(database.db);
    gateway = await startGatewayEmulator();
    const { apiKey, instanceId, webhookSecret } = gateway;
    sender = createSender({
      apiKey,
      instanceId,
      baseUrl: gateway.url,
      isSuppressed: (phone) => hasOptedOut(database.db, phone),
    });
    server = createApp({ db: database.db, sender, webhookSecret, log: () => undefined }).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    gateway.setWebhook({ url: `${url}/webhooks/whatsapp-gateway` });
  });

  afterAll(async () => {
    server.close();
    await sender.close();
    await gateway.close();
    await database.close();
  });

  async function tellThatItIsDelivered(): Promise<unknown> {
    const response = await fetch(`${url}/orders/${ORDER_OF_LAYLA}/status`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"status":"delivered"}',
    });
    return response.json();
  }

  it('answers a question, even one that is delivered twice, with one reply', async () => {
    gateway.faults.add({ on: 'delivery', type: 'concurrent-duplicate' });
    const delivery = await gateway.customer(LAYLA).says('مرحبا، أين طلبي رقم 1042؟');
    await delivery.settled();
    await gateway.waitForMessage({ to: LAYLA, contains: 'أهلاً' });
    await gateway.idle();
    expect(gateway.messages).toHaveLength(1);
  });

  it('brings a message back whose reply was throttled', async () => {
    gateway.faults.add({ on: 'send', type: 'throttle' });
    const delivery = await gateway.customer(LAYLA).says('هل من جديد؟');
    expect(delivery.attempts.map(({ status }) => status)).toEqual([500]);
    gateway.clock.advance('5m');
    await delivery.settled();
    expect(delivery.state).toBe('delivered');
  });

  it('tells no second time what may have been told already', async () => {
    gateway.faults.add({ on: 'send', type: 'reset', when: 'after' });
    const before = gateway.messages.length;
    expect(await tellThatItIsDelivered()).toMatchObject({ whatsapp: 'unknown', error: 'connection_failed' });
    expect(gateway.messages).toHaveLength(before + 1);
  });

  it('writes no more to somebody who has opted out', async () => {
    const delivery = await gateway.customer(LAYLA).optsOut();
    await delivery.settled();
    expect((await findUser(database.db, LAYLA))?.whatsappOptedOutAt).toBeInstanceOf(Date);
    const before = gateway.requests.length;
    expect(await tellThatItIsDelivered()).toMatchObject({
      whatsapp: 'not_sent',
      error: 'recipient_suppressed',
    });
    expect(gateway.requests).toHaveLength(before);
  });
});
