import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageReceived, recipientOptedOut, signWebhook } from 'express-whatsapp-gateway/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApp as createAfter } from './hand-written-route/after.ts';
import { createApp as createBefore } from './hand-written-route/before.ts';
import { BARE_PHONE, PHONE, SECRET, startGateway } from './support/gateway.ts';
import { serve, WEBHOOK_PATH } from './support/serve.ts';

const DAY_MS = 86_400_000;

type CreateApp = typeof createAfter;

async function startApp(createApp: CreateApp, phonesOfUsers: readonly string[] = [PHONE]) {
  const gateway = await startGateway();
  const users = new Map(phonesOfUsers.map((phone) => [phone, { optedOut: false }]));
  const { url: gatewayUrl, apiKey, instanceId } = gateway;
  const app = createApp({ secret: SECRET, apiKey, instanceId, gatewayUrl, users, optOuts: new Set() });
  app.set('env', 'test');
  const origin = await serve(app);
  gateway.setWebhook({ url: origin + WEBHOOK_PATH, secret: SECRET });
  const post = async (path: string, body: string | Uint8Array, headers: Record<string, string>) =>
    (
      await fetch(origin + path, {
        method: 'POST',
        headers,
        body: typeof body === 'string' ? body : new Uint8Array(body),
      })
    ).status;
  return {
    gateway,
    users,
    /** Posts a delivery and answers the status. */
    deliver: ({ headers, rawBody }: ReturnType<typeof signWebhook>) => post(WEBHOOK_PATH, rawBody, headers),
    /** Tells a customer that the order is ready, and answers the status. */
    orderReady: (phone: string) =>
      post('/orders/ready', JSON.stringify({ phone }), { 'Content-Type': 'application/json' }),
  };
}

/** What is done in each test, and what comes of it before and after. */
const cases: readonly {
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
  /** Does it, and answers what looks at the result. */
  run(createApp: CreateApp): Promise<() => unknown>;
}[] = [
  {
    name: 'a body that JSON.stringify would write otherwise is refused as forged',
    before: [401],
    after: [200],
    async run(createApp) {
      const { gateway } = await startApp(createApp);
      const delivery = await gateway.customer(PHONE).says('مرحبا', { bodyStyle: 'php', retries: false });
      return () => delivery.attempts.map(({ status }) => status);
    },
  },
  {
    name: 'an opt-out that anybody sends without a signature is believed',
    before: { status: 200, optedOut: true },
    after: { status: 401, optedOut: false },
    async run(createApp) {
      const { deliver, users } = await startApp(createApp);
      const headers = { 'content-type': 'application/json' };
      const status = await deliver({
        headers,
        rawBody: Buffer.from(JSON.stringify(recipientOptedOut({ from: PHONE }))),
      });
      return () => ({ status, optedOut: users.get(PHONE)?.optedOut });
    },
  },
  {
    name: 'a copy of a delivery that was recorded a day ago is believed',
    before: { status: 200, optedOut: true },
    after: { status: 401, optedOut: false },
    async run(createApp) {
      const { deliver, users } = await startApp(createApp);
      const timestamp = Date.now() - DAY_MS;
      const body = recipientOptedOut({ from: PHONE });
      const status = await deliver(signWebhook({ secret: SECRET, body, timestamp }));
      return () => ({ status, optedOut: users.get(PHONE)?.optedOut });
    },
  },
  {
    name: 'a message that is delivered twice is answered twice',
    before: 2,
    after: 1,
    async run(createApp) {
      const { deliver, gateway } = await startApp(createApp);
      const body = messageReceived({ from: PHONE, instance_id: gateway.instanceId });
      const delivery = signWebhook({ secret: SECRET, body });
      await deliver(delivery);
      await deliver(delivery);
      return () => gateway.messages.length;
    },
  },
  {
    name: 'a user who opted out is written to, because of a plus sign',
    before: { optedOut: false, messages: 1 },
    after: { optedOut: true, messages: 0 },
    async run(createApp) {
      const { deliver, orderReady, gateway, users } = await startApp(createApp, [PHONE]);
      await deliver(signWebhook({ secret: SECRET, body: recipientOptedOut({ from: BARE_PHONE }) }));
      await orderReady(PHONE);
      return () => ({ optedOut: users.get(PHONE)?.optedOut, messages: gateway.messages.length });
    },
  },
  {
    name: 'a message whose answer is lost on the way is sent again',
    before: 2,
    after: 1,
    async run(createApp) {
      const { orderReady, gateway } = await startApp(createApp);
      gateway.faults.add({ on: 'send', type: 'reset', when: 'after' });
      await orderReady(PHONE);
      return () => gateway.messages.length;
    },
  },
  {
    name: 'a message is never answered when the gateway is busy for a while, as it had its 200 already',
    before: { attempts: [200], sends: 3, messages: 0 },
    after: { attempts: [500, 500, 500, 200], sends: 4, messages: 1 },
    async run(createApp) {
      const { gateway } = await startApp(createApp);
      gateway.faults.add({ on: 'send', type: 'throttle', times: 3 });
      // Written as JSON.stringify does, so that the old route takes it at all.
      const delivery = await gateway.customer(PHONE).says('مرحبا', { bodyStyle: 'js' });
      while (delivery.state === 'pending') {
        gateway.clock.advance('1h');
        await gateway.idle();
      }
      return () => ({
        attempts: delivery.attempts.map(({ status }) => status),
        sends: gateway.requests.length,
        messages: gateway.messages.length,
      });
    },
  },
];

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the hand-written route', () => {
  it.each(cases)('shows that $name', async ({ run, before }) => {
    await expect.poll(await run(createBefore), { timeout: 10_000 }).toEqual(before);
  });
});

describe('the route with this package', () => {
  it.each(cases)('shows no longer that $name', async ({ run, after }) => {
    // All that it does is done when it answers: there is nothing to wait for.
    const look = await run(createAfter);
    expect(look()).toEqual(after);
  });
});

it.each(['before', 'after'])('the page shows %s.ts as it is tested here', async (name) => {
  const code = await readFile(join(import.meta.dirname, `hand-written-route/${name}.ts`), 'utf8');
  const page = await readFile(join(import.meta.dirname, '../../coming-from-a-hand-written-route.md'), 'utf8');
  expect(page).toContain(`\`\`\`ts\n${code}\`\`\`\n`);
});
