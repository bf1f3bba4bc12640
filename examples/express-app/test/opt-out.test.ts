import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSender, type Sender } from 'express-whatsapp-gateway';
import { type GatewayEmulator, startGatewayEmulator } from 'express-whatsapp-gateway/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startPostgres, whyNoPostgres } from '../../../test/support/postgres.ts';
import { ORDER_OF_LAYLA, ORDER_OF_NOURA, seed } from '../demo/seed.ts';
import { createApp } from '../src/app.ts';
import { type OpenDatabase, openDatabase } from '../src/database.ts';
import { users, whatsappOptOuts } from '../src/schema.ts';
import { findUser, hasOptedOut } from '../src/users.ts';

const LAYLA = '+966501234567';
const NOURA = '+966551112233';
const STRANGER = '+966599999999';

interface Database {
  open(): Promise<OpenDatabase>;
}

const embedded: Database = { open: () => openDatabase() };

const server: Database = {
  async open() {
    const postgres = await startPostgres();
    const database = await openDatabase(postgres.url);
    return {
      ...database,
      close: async () => {
        await database.close();
        await postgres.stop();
      },
    };
  },
};

const noPostgres = whyNoPostgres();
if (noPostgres) console.warn(`Skipped, the example on a PostgreSQL server: ${noPostgres}.`);

describe.each([
  { name: 'embedded PGlite', database: embedded, skip: false },
  { name: 'a PostgreSQL server', database: server, skip: noPostgres !== undefined },
])('the example app on $name', ({ database, skip }) => {
  describe.skipIf(skip)('with its webhook, its orders and a gateway', () => {
    let opened: OpenDatabase;
    let gateway: GatewayEmulator;
    let sender: Sender;
    let http: Server;
    let appUrl: string;

    beforeAll(async () => {
      opened = await database.open();
    });

    afterAll(() => opened?.close());

    // A new app for each test: one that remembers the deliveries of the last would take the same for a copy.
    beforeEach(async () => {
      await seed(opened.db);
      gateway = await startGatewayEmulator();
      sender = createSender({
        apiKey: gateway.apiKey,
        instanceId: gateway.instanceId,
        baseUrl: gateway.url,
        isSuppressed: (phone) => hasOptedOut(opened.db, phone),
      });
      const app = createApp({ db: opened.db, sender, webhookSecret: 'whsec_test', log: () => undefined });
      http = app.listen(0, '127.0.0.1');
      await once(http, 'listening');
      appUrl = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
      gateway.setWebhook({ url: `${appUrl}/webhooks/whatsapp-gateway`, secret: 'whsec_test' });
    });

    afterEach(async () => {
      http.close();
      await sender.close();
      await gateway.close();
    });

    async function post(path: string, body: object): Promise<Record<string, unknown>> {
      const response = await fetch(appUrl + path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
      return (await response.json()) as Record<string, unknown>;
    }

    it('replies to a message', async () => {
      const delivery = await gateway.customer(LAYLA).says('السلام عليكم');
      expect(delivery.attempts[0]?.status).toBe(200);
      const reply = await gateway.waitForMessage({ to: LAYLA });
      expect(reply.purpose).toBe('support');
    });

    it.each([
      { table: 'without plus', event: 'with plus', phone: LAYLA, other: NOURA },
      { table: 'without plus', event: 'without plus', phone: LAYLA.slice(1), other: NOURA },
      { table: 'with plus', event: 'with plus', phone: NOURA, other: LAYLA },
      { table: 'with plus', event: 'without plus', phone: NOURA.slice(1), other: LAYLA },
    ])('stores an opt-out where the table is $table and the event $event', async ({ phone, other }) => {
      const event = { event: 'recipient.opted_out', from: phone };
      const delivery = await gateway.deliver(event);
      expect(delivery.attempts[0]?.status).toBe(200);
      expect(
        (await findUser(opened.db, phone.startsWith('+') ? phone : `+${phone}`))?.whatsappOptedOutAt,
      ).toBeInstanceOf(Date);
      expect((await findUser(opened.db, other))?.whatsappOptedOutAt).toBeNull();
    });

    it('sends nothing after an opt-out and everything to the others', async () => {
      await gateway.deliver({ event: 'recipient.opted_out', from: LAYLA });
      const requests = gateway.requests.length;
      const refused = await post(`/orders/${ORDER_OF_LAYLA}/status`, { status: 'delivered' });
      expect(refused).toEqual({ status: 'delivered', whatsapp: 'not_sent', error: 'recipient_suppressed' });
      expect(gateway.requests).toHaveLength(requests);
      const sent = await post(`/orders/${ORDER_OF_NOURA}/status`, { status: 'delivered' });
      expect(sent).toMatchObject({ status: 'delivered', whatsapp: 'sent' });
      expect(gateway.requests).toHaveLength(requests + 1);
    });

    it('keeps the opt-out of a number that no user has, so that a later sign-up is not messaged', async () => {
      await gateway.deliver({ event: 'recipient.opted_out', from: STRANGER.slice(1) });
      expect(await opened.db.select().from(whatsappOptOuts)).toMatchObject([{ phone: STRANGER }]);
      const user = await post('/users', { name: 'سارة', phone: STRANGER.slice(1) });
      expect(await opened.db.select().from(users)).toHaveLength(3);
      await expect(
        sender.send({ phone: String(user.phone), message: 'أهلاً بك', purpose: 'transactional' }),
      ).rejects.toMatchObject({ code: 'recipient_suppressed', outcome: 'not_sent' });
    });

    it('refuses a forged opt-out and leaves the row alone', async () => {
      const delivery = await gateway.deliver(
        { event: 'recipient.opted_out', from: LAYLA },
        { signature: 'wrong' },
      );
      expect(delivery.attempts[0]?.status).toBe(401);
      expect((await findUser(opened.db, LAYLA))?.whatsappOptedOutAt).toBeNull();
    });
  });
});
