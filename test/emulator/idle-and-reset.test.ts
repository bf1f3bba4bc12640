import { createServer, type RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { deferred } from '../support/deferred.ts';
import { startApp } from './app.ts';
import { PHONE, SECRET, send, startGateway } from './gateway.ts';

const answer500: RequestListener = (_, response) => response.writeHead(500).end();

describe('idle', () => {
  it('resolves at once where nothing is going on', async () => {
    const gateway = await startGateway();
    await gateway.idle();
  });

  it('waits for deliveries under way and for sends that are answered', async () => {
    const gate = deferred();
    const app = await startApp(async (_, response) => {
      await gate.promise;
      response.end('ok');
    });
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET } });
    const delivery = await gateway.customer(PHONE).says('x', { wait: false });
    const sending = send(gateway);
    let isIdle = false;
    const idle = gateway.idle().then(() => {
      isIdle = true;
    });
    await sending;
    expect(isIdle).toBe(false);
    gate.resolve();
    await idle;
    expect(delivery.state).toBe('delivered');
  });

  it('waits for what the app does while it is told', async () => {
    const app = await startApp(async (_, response) => {
      await send(gateway);
      response.end('ok');
    });
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET } });
    await gateway.customer(PHONE).says('x', { wait: false });
    await gateway.idle();
    expect(gateway.messages).toHaveLength(1);
  });

  it('does not wait for retries that wait for their time', async () => {
    const app = await startApp(answer500);
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET } });
    const delivery = await gateway.customer(PHONE).says('x');
    await gateway.idle();
    expect(delivery.state).toBe('pending');
  });

  it('waits for retries that are due now', async () => {
    const app = await startApp(answer500);
    const retries = { attempts: 3, delaysMs: [0] };
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET }, retries });
    const delivery = await gateway.customer(PHONE).says('x');
    await gateway.idle();
    expect(delivery).toMatchObject({ state: 'failed', attempts: [{}, {}, {}] });
  });

  it('does not wait for a send whose app went away in the middle', async () => {
    const gateway = await startGateway();
    const patience = new AbortController();
    gateway.faults.add({ on: 'send', type: 'timeout' });
    const recorded = new Promise<void>((resolve) =>
      gateway.subscribe(({ type }) => type === 'request' && resolve()),
    );
    const sending = send(gateway, {}, patience.signal);
    await recorded;
    patience.abort();
    await expect(sending).rejects.toThrow();
    await gateway.idle();
  });
});

describe('reset', () => {
  it('forgets everything that happened, and keeps the webhook', async () => {
    const app = await startApp();
    const webhook = { url: app.url, secret: SECRET };
    const gateway = await startGateway({ plan: 'growth', throttle: { limit: 9, perSeconds: 1 } });
    gateway.setWebhook(webhook);
    const fresh = { ...gateway.state, clock: undefined };
    await gateway.customer(PHONE).optsOut();
    await send(gateway);
    await send(gateway, { phone: '+966509999999' });
    gateway.update({ plan: 'scale', throttle: false, keyRevoked: true, instanceState: 'close' });
    gateway.update({ bodyStyle: 'js', timestampStyle: 'seconds' });
    gateway.faults.add({ on: 'send', type: 'reset' });
    await gateway.clock.advance('25h');
    gateway.reset();
    expect({ ...gateway.state, clock: undefined }).toEqual(fresh);
    expect(gateway.clock.offsetMs).toBe(0);
    const { messages, requests, deliveries } = gateway;
    expect([messages, requests, deliveries, gateway.faults.list()]).toEqual([[], [], [], []]);
    expect(gateway.state.webhook).toEqual(webhook);
  });

  it('gives no id again', async () => {
    const app = await startApp();
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET } });
    await send(gateway);
    await gateway.customer(PHONE).says('x');
    gateway.reset();
    expect((await send(gateway)).body).toMatchObject({ message_id: 'emu_msg_2', log_id: 2 });
    expect(gateway.requests[0]?.id).toBe('emu_req_2');
    expect((await gateway.customer(PHONE).says('x')).id).toBe('emu_del_2');
  });

  it('ends what is under way, held or waits, as failed', async () => {
    const app = await startApp((request, response) => {
      if (request.headers['x-whatsapp-gateway-event'] === 'fails') response.writeHead(500).end();
    });
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET } });
    const retried = await gateway.deliver({ event: 'fails' });
    gateway.faults.add({ on: 'delivery', type: 'reorder' });
    const held = await gateway.deliver({ event: 'hangs' });
    gateway.faults.add({ on: 'delivery', type: 'delay', ms: 3_600_000 });
    const delayed = await gateway.deliver({ event: 'hangs' }, { wait: false });
    const hanging = await gateway.deliver({ event: 'hangs' }, { wait: false });
    const queue = await Promise.all(
      Array.from({ length: 70 }, () => gateway.deliver({ event: 'hangs' }, { wait: false })),
    );
    while (app.received.length < 2) await new Promise((resolve) => setImmediate(resolve));
    gateway.reset();
    for (const delivery of [retried, held, delayed, hanging, ...queue]) {
      expect((await delivery.settled()).state).toBe('failed');
    }
    expect(hanging.attempts[0]?.error?.message).toBe('The emulator was reset.');
    expect(queue.at(-1)?.attempts).toEqual([]);
    await gateway.clock.advance('2d');
    expect(retried.attempts).toHaveLength(1);
    expect(gateway.deliveries).toEqual([]);
  });

  it('leaves a gateway that works', async () => {
    const app = await startApp();
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET } });
    gateway.reset();
    expect((await gateway.customer(PHONE).says('x')).state).toBe('delivered');
    expect((await send(gateway)).status).toBe(200);
  });
});

describe('close', () => {
  it('settles every delivery', async () => {
    const app = await startApp(answer500);
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET } });
    const retried = await gateway.customer(PHONE).says('x');
    gateway.faults.add({ on: 'delivery', type: 'reorder' });
    const held = await gateway.customer(PHONE).says('x');
    await gateway.close();
    expect((await retried.settled()).state).toBe('failed');
    expect((await held.settled()).state).toBe('failed');
  });

  it('ends also where the app is not there and never comes up', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const webhook = { url: 'http://127.0.0.1:1/', secret: SECRET };
    const gateway = await startGateway({ webhook });
    const delivery = await gateway.customer(PHONE).says('x');
    await gateway.close();
    expect((await delivery.settled()).state).toBe('failed');
    await new Promise((resolve) => server.close(resolve));
  });
});
