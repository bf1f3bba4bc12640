import express from 'express';
import { whatsappGatewayWebhook } from 'express-whatsapp-gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BARE_PHONE, PHONE, postOptOut, SECRET, senderTo, startGateway } from './gateway.ts';
import { serve, WEBHOOK_PATH } from './serve.ts';

interface OptOuts {
  record(phone: string, at: Date): Promise<void>;
  has(phone: string): Promise<boolean>;
}

/** A recipe on its database, with what a test has to do and see there. */
export interface OptOutsBench {
  readonly optOuts: OptOuts;
  /** Empties all tables. */
  clear(): Promise<unknown>;
  /** Signs somebody up. */
  addUser(phone: string): Promise<unknown>;
  /** When the user with exactly this spelling opted out. */
  optedOutAt(phone: string): Promise<Date | null | undefined>;
  /** Takes the database away from the app. */
  lose(): Promise<unknown>;
  /** Ends what is left after that. */
  close?(): Promise<unknown>;
}

const STRANGER = '+966599999999';
const OTHER = '+966551112233';

/** Runs signed deliveries and sends over a recipe for opt-outs. */
export function describeOptOuts(start: () => Promise<OptOutsBench>): void {
  let bench: OptOutsBench;

  beforeAll(async () => {
    bench = await start();
  });

  afterAll(async () => {
    await bench?.lose();
    await bench?.close?.();
  });

  /** An app with the recipe in it, and a gateway that delivers to it. */
  async function startApp() {
    await bench.clear();
    const webhook = whatsappGatewayWebhook({
      secret: SECRET,
      onOptOut: (_event, { phone, timestamp }) => bench.optOuts.record(phone, timestamp),
    });
    const app = express().post(WEBHOOK_PATH, webhook);
    app.set('env', 'test'); // Express writes no errors to the console
    const url = (await serve(app)) + WEBHOOK_PATH;
    const gateway = await startGateway(url);
    const sender = senderTo(gateway, { isSuppressed: bench.optOuts.has });
    const send = (phone: string) =>
      sender.send({ phone, message: 'طلبك في الطريق إليك.', purpose: 'transactional' });
    return { url, gateway, send };
  }

  describe.each([
    ['with a plus sign', PHONE],
    ['without a plus sign', BARE_PHONE],
  ])('a user whose row has the phone %s', (_name, inTable) => {
    it.each([
      ['with', PHONE],
      ['without', BARE_PHONE],
    ])('is opted out by a delivery %s one, and never written to again', async (_spelling, inDelivery) => {
      const { gateway, send } = await startApp();
      await bench.addUser(inTable);
      await bench.addUser(OTHER);
      expect(await bench.optedOutAt(inTable)).toBeNull();
      const delivery = await gateway.customer(inDelivery).optsOut();
      expect(delivery.attempts.map(({ status }) => status)).toEqual([200]);
      expect(await bench.optedOutAt(inTable)).toBeInstanceOf(Date);
      for (const phone of [PHONE, BARE_PHONE]) {
        await expect(send(phone)).rejects.toMatchObject({ code: 'recipient_suppressed', status: undefined });
      }
      expect(gateway.requests).toEqual([]);
    });
  });

  it('has nothing to say of other users, and lets messages to them out', async () => {
    const { url, gateway, send } = await startApp();
    await bench.addUser(PHONE);
    await bench.addUser(OTHER);
    expect(await postOptOut(url, BARE_PHONE)).toBe(200);
    expect(await bench.optedOutAt(OTHER)).toBeNull();
    await send(OTHER);
    expect(gateway.messages.map(({ phone }) => phone)).toEqual([OTHER]);
  });

  it('opts out both rows where one person signed up in both spellings', async () => {
    const { url } = await startApp();
    await bench.addUser(PHONE);
    await bench.addUser(BARE_PHONE);
    expect(await postOptOut(url, PHONE)).toBe(200);
    expect(await bench.optedOutAt(PHONE)).toBeInstanceOf(Date);
    expect(await bench.optedOutAt(BARE_PHONE)).toBeInstanceOf(Date);
  });

  it('keeps the opt-out of a stranger, who is not written to after a later sign-up', async () => {
    const { url, send } = await startApp();
    expect(await postOptOut(url, STRANGER.slice(1))).toBe(200);
    await bench.addUser(STRANGER);
    await expect(send(STRANGER)).rejects.toMatchObject({ code: 'recipient_suppressed' });
  });

  it('changes nothing when it is told again, also at the same moment', async () => {
    await startApp();
    await bench.addUser(PHONE);
    const first = new Date('2026-05-08T10:00:00Z');
    await bench.optOuts.record(PHONE, first);
    const later = [1, 2, 3].map((hours) => new Date(first.getTime() + hours * 3_600_000));
    await Promise.all(later.map((at) => bench.optOuts.record(PHONE, at)));
    expect(await bench.optedOutAt(PHONE)).toEqual(first);
  });

  it('answers 500 and sends nothing when the database is gone', async () => {
    const { url, gateway, send } = await startApp();
    await bench.lose();
    expect(await postOptOut(url, PHONE)).toBe(500);
    await expect(send(OTHER)).rejects.toMatchObject({ code: 'suppression_check_failed' });
    expect(gateway.requests).toEqual([]);
  });
}
