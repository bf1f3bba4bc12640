import { describe, expect, expectTypeOf, onTestFinished, test } from 'vitest';
import type { QueuedEventContext } from '../../src/bullmq/event-context.ts';
import { createEventQueue } from '../../src/bullmq/event-queue.ts';
import { createEventWorker } from '../../src/bullmq/event-worker.ts';
import { messageReceived, messageStatusUpdated, recipientOptedOut } from '../../src/testing/events.ts';
import { signWebhook } from '../../src/testing/sign-webhook.ts';
import type { MessageReceivedEvent, WebhookEvent } from '../../src/webhook/event.ts';
import { createWebhookReceiver } from '../../src/webhook/receiver.ts';
import { deferred } from '../support/deferred.ts';
import { startOwnRedis } from '../support/redis.ts';
import { makeEventQueue, makeEventWorker, PHONE, queueName, useRedis } from './support/queues.ts';
import { until } from './support/until.ts';

const redis = useRedis();
const SECRET = 'whsec_0123456789';

function setUp() {
  const common = { connection: redis.connection, name: queueName() };
  const queue = makeEventQueue(common);
  const receiver = createWebhookReceiver({ secret: SECRET, deliveries: false, onEvent: queue.add });
  const deliver = (body: object, timestamp = new Date()) =>
    receiver.receive(signWebhook({ secret: SECRET, body, timestamp }));
  return { common, queue, receiver, deliver };
}

describe('a delivery', () => {
  test('is answered when it is queued, and handled by a worker with all it came with', async () => {
    const { common, queue, deliver } = setUp();
    const event = messageReceived({ from: '966501234567', extra: { list: [1, null] } });
    const timestamp = new Date('2026-05-08T10:00:00Z');
    const receiver = createWebhookReceiver({
      secret: ['other', SECRET],
      deliveries: false,
      onEvent: queue.add,
      now: () => timestamp.getTime(),
    });
    const answered = await receiver.receive(signWebhook({ secret: SECRET, body: event, timestamp }));
    expect(answered.status).toBe(200);
    expect(await queue.counts()).toEqual({ waiting: 1, delayed: 0, active: 0, done: 0, dead: 0 });
    const handled: [MessageReceivedEvent, QueuedEventContext][] = [];
    const worker = makeEventWorker({
      ...common,
      onMessage: (given, context) => void handled.push([given, context]),
    });
    await until('it is handled', () => worker.outcomes.length === 1);
    const [[given, context] = []] = handled;
    expect(given).toEqual(event);
    expect(context).toMatchObject({ timestamp, secretIndex: 1, attempt: 1 });
    expect(context?.phone).toBe(PHONE);
    expect(context?.signal.aborted).toBe(false);
    const { deliveryKey } = context ?? {};
    expect(worker.outcomes).toEqual([
      { type: 'handled', event: 'message.received', deliveryKey, attempt: 1 },
    ]);
    expect(await queue.counts()).toMatchObject({ waiting: 0, done: 1 });
    await deliver(messageStatusUpdated());
    await until('the other is done', () => worker.outcomes.length === 2);
    expect(worker.outcomes[1]).toMatchObject({ type: 'unhandled', event: 'message.status_updated' });
  });

  test('that comes twice, at once or after it was handled, is handled once', async () => {
    const { common, queue, deliver } = setUp();
    const timestamp = new Date();
    const copies = () => Promise.all(Array.from({ length: 5 }, () => deliver(messageReceived(), timestamp)));
    for (const { status } of await copies()) expect(status).toBe(200);
    const worker = makeEventWorker({ ...common, onMessage: () => undefined });
    await until('it is handled', async () => (await queue.counts()).done === 1);
    for (const { status } of await copies()) expect(status).toBe(200);
    await deliver(recipientOptedOut());
    await until('the other is done', async () => (await queue.counts()).done === 2);
    expect(worker.outcomes.filter(({ type }) => type === 'handled')).toHaveLength(1);
  });

  test('is answered with 503 where Redis is away', async () => {
    const own = await startOwnRedis();
    onTestFinished(() => own.stop());
    const queue = makeEventQueue({ connection: { url: own.url } });
    await queue.counts();
    await own.halt('SIGTERM');
    const receiver = createWebhookReceiver({ secret: SECRET, deliveries: false, onEvent: queue.add });
    const delivery = signWebhook({ secret: SECRET, body: messageReceived() });
    const answered = await receiver.receive(delivery);
    expect(answered).toMatchObject({ status: 503, body: '{"error":"store_unavailable"}' });
    expect(answered.headers).toMatchObject({ 'Retry-After': '5' });
    await own.start();
    await until('it is taken', async () => (await receiver.receive(delivery)).status === 200);
    expect(await queue.counts()).toMatchObject({ waiting: 1 });
  });
});

describe('an opt-out', () => {
  test('overtakes every message that waits, also after a retry', async () => {
    const { common, deliver } = setUp();
    const order: string[] = [];
    let tries = 0;
    for (let number = 0; number < 5; number += 1)
      await deliver(messageReceived({ message_text: `m${number}` }));
    await deliver(recipientOptedOut());
    const first = deferred();
    const worker = makeEventWorker({
      ...common,
      concurrency: 1,
      minDelayMs: 0,
      maxDelayMs: 0,
      onMessage: async ({ message_text }) => {
        order.push(message_text);
        await first.promise;
      },
      onOptOut: () => {
        tries += 1;
        order.push(`opt-out ${tries}`);
        first.resolve();
        if (tries < 3) throw new Error('The database is away.');
      },
    });
    await until(
      'all are handled',
      () => worker.outcomes.filter(({ type }) => type === 'handled').length === 6,
    );
    expect(order[0]).toBe('opt-out 1');
    expect(order.indexOf('opt-out 3')).toBeLessThan(6);
    expect(order.filter((text) => text.startsWith('m'))).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
  });

  test('can be handled at once while everything else is queued', async () => {
    const { queue } = setUp();
    const optedOut: string[] = [];
    const receiver = createWebhookReceiver({
      secret: SECRET,
      deliveries: false,
      onOptOut: (_event, { phone }) => void optedOut.push(phone),
      onEvent: queue.add,
    });
    await receiver.receive(signWebhook({ secret: SECRET, body: recipientOptedOut() }));
    await receiver.receive(signWebhook({ secret: SECRET, body: messageReceived() }));
    expect(optedOut).toEqual([PHONE]);
    expect(await queue.counts()).toMatchObject({ waiting: 1 });
  });
});

describe('the types', () => {
  test('let the queue stand where onEvent does, and workers see what survives', () => {
    expectTypeOf<typeof createEventQueue>().returns.toHaveProperty('add');
    expectTypeOf<QueuedEventContext>().toHaveProperty('phone').toEqualTypeOf<string>();
    expectTypeOf<QueuedEventContext>().not.toHaveProperty('rawBody');
    expectTypeOf<QueuedEventContext>().not.toHaveProperty('request');
    const handlers: Parameters<typeof createEventWorker>[0] = {
      connection: {},
      onMessage: (event, context) => {
        expectTypeOf(event).toEqualTypeOf<MessageReceivedEvent>();
        expectTypeOf(context.phone).toEqualTypeOf<string>();
      },
      onEvent: (event, context) => {
        expectTypeOf(event).toEqualTypeOf<WebhookEvent>();
        expectTypeOf(context.phone).toEqualTypeOf<string | undefined>();
      },
    };
    expect(handlers).toBeDefined();
  });

  test('are not all there is: options are checked', () => {
    const connection = { host: '127.0.0.1', port: 1 };
    expect(() => createEventQueue({ connection, keepDoneMs: 1 })).toThrow('option keepDoneMs');
    expect(() => createEventWorker({ connection })).toThrow('Give at least one of onMessage');
    expect(() => createEventWorker({ connection, onMesage: () => 1 } as never)).toThrow(
      'Did you mean onMessage',
    );
    expect(() => createEventWorker({ connection, onMessage: 'x' as never })).toThrow('option onMessage');
  });
});
