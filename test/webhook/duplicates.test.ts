import { afterEach, describe, expect, it, vi } from 'vitest';
import { memoryDeliveryStore } from '../../src/deliveries/memory.ts';
import type { WebhookOptions } from '../../src/webhook/options.ts';
import { createWebhookReceiver } from '../../src/webhook/receiver.ts';
import { deferred } from '../support/deferred.ts';
import { messageEvent, NOW, now, optOutEvent, SECRET, sign } from '../support/deliveries.ts';
import { observedReceiver } from '../support/received.ts';
import { recordingStore } from '../support/stores.ts';

type Handler = NonNullable<WebhookOptions['onMessage']>;

const TIMEOUT_MS = 10_000;

afterEach(() => {
  vi.useRealTimers();
});

describe('a copy of a delivery', () => {
  it('at the same moment is told 503 while the first runs, once', async () => {
    const work = deferred();
    const onMessage = vi.fn<Handler>(() => work.promise);
    const { outcomes, receive } = observedReceiver({ onMessage });
    const first = receive(sign());
    const second = await receive(sign());
    expect(second).toMatchObject({ status: 503, body: '{"error":"delivery_in_flight"}' });
    expect(second.headers['Retry-After']).toBe('5');
    work.resolve();
    expect((await first).status).toBe(200);
    expect(onMessage).toHaveBeenCalledOnce();
    expect(outcomes.map(({ type, status }) => `${type} ${status}`)).toEqual(['duplicate 503', 'handled 200']);
  });

  it.each([2, 100])('is run once of %i at the same moment', async (copies) => {
    const onMessage = vi.fn<Handler>(async () => undefined);
    const { receive } = observedReceiver({ onMessage });
    const answers = await Promise.all(Array.from({ length: copies }, () => receive(sign())));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: copies - 1 }, () => 503)]);
    expect(onMessage).toHaveBeenCalledOnce();
  });

  it('after success is told 200 and not run', async () => {
    const onMessage = vi.fn<Handler>();
    const { outcomes, receive } = observedReceiver({ onMessage });
    await receive(sign());
    expect(await receive(sign())).toMatchObject({ status: 200, body: 'ok' });
    expect(onMessage).toHaveBeenCalledOnce();
    expect(outcomes.map(({ type }) => type)).toEqual(['handled', 'duplicate']);
    expect(outcomes[1]).not.toHaveProperty('error');
  });

  it('after a failure is run', async () => {
    const onMessage = vi.fn<Handler>().mockRejectedValueOnce(new Error('the table is locked'));
    const { outcomes, receive } = observedReceiver({ onMessage });
    expect((await receive(sign())).status).toBe(500);
    expect((await receive(sign())).status).toBe(200);
    expect((await receive(sign())).status).toBe(200);
    expect(onMessage).toHaveBeenCalledTimes(2);
    expect(outcomes.map(({ type }) => type)).toEqual(['failed', 'handled', 'duplicate']);
  });

  it('is run every time with deliveries: false', async () => {
    const onMessage = vi.fn<Handler>();
    const { outcomes, receive } = observedReceiver({ onMessage, deliveries: false });
    await Promise.all([receive(sign()), receive(sign())]);
    await receive(sign());
    expect(onMessage).toHaveBeenCalledTimes(3);
    expect(outcomes.map(({ type, error }) => [type, error])).toEqual(
      Array.from({ length: 3 }, () => ['handled', undefined]),
    );
  });

  it('is no copy with another timestamp, another body or another event', async () => {
    const onEvent = vi.fn();
    const { receive } = observedReceiver({ onEvent });
    await receive(sign());
    await receive(sign(messageEvent, { timestamp: NOW - 1_000 }));
    await receive(sign({ ...messageEvent, message_text: 'another' }));
    await receive(sign(optOutEvent));
    expect(onEvent).toHaveBeenCalledTimes(4);
  });

  it('is one whichever header says something else about the event', async () => {
    const onMessage = vi.fn<Handler>();
    const { receive } = observedReceiver({ onMessage });
    const { headers, rawBody } = sign();
    await receive({ headers, rawBody });
    await receive({ headers: { ...headers, 'x-whatsapp-gateway-event': 'other', 'x-other': '1' }, rawBody });
    expect(onMessage).toHaveBeenCalledOnce();
  });

  it('that is refused is not claimed: a forged copy keeps no good one out', async () => {
    const deliveries = recordingStore();
    const onMessage = vi.fn<Handler>();
    const { receive } = observedReceiver({ onMessage, deliveries });
    const { headers, rawBody } = sign();
    await receive({ headers: { ...headers, 'x-whatsapp-gateway-signature': 'sha256=0' }, rawBody });
    await receive({ headers: { ...headers, 'content-encoding': 'gzip' }, rawBody });
    await receive({ headers, rawBody, method: 'PUT' });
    expect(deliveries.steps).toEqual([]);
    expect((await receive({ headers, rawBody })).status).toBe(200);
    expect(deliveries.steps).toEqual(['claim', 'complete']);
  });

  it('is remembered after its timestamp is too old: no copy is in between', async () => {
    let at = NOW;
    const onMessage = vi.fn<Handler>();
    const { receive } = observedReceiver({ onMessage, now: () => at });
    await receive(sign());
    for (const seconds of [1, 150, 300]) {
      at = NOW + seconds * 1_000;
      expect((await receive(sign())).status).toBe(200);
    }
    at += 1_000;
    expect((await receive(sign())).error?.code).toBe('timestamp_out_of_range');
    expect(onMessage).toHaveBeenCalledOnce();
  });

  it('is forgotten after a day, by the clock of the receiver', async () => {
    let at = NOW;
    const onMessage = vi.fn<Handler>();
    const { receive } = observedReceiver({ onMessage, now: () => at, toleranceSeconds: Infinity });
    await receive(sign());
    at += 24 * 60 * 60 * 1_000 - 1;
    await receive(sign());
    expect(onMessage).toHaveBeenCalledOnce();
    at += 1;
    await receive(sign());
    expect(onMessage).toHaveBeenCalledTimes(2);
  });

  it('is known across receivers that share a store', async () => {
    const deliveries = memoryDeliveryStore();
    const onMessage = vi.fn<Handler>();
    const receivers = [1, 2].map(() => createWebhookReceiver({ secret: SECRET, now, deliveries, onMessage }));
    for (const { receive } of receivers) await receive(sign());
    expect(onMessage).toHaveBeenCalledOnce();
  });
});

describe('a copy of a delivery whose handler was too slow', () => {
  async function timedOut(outcome: 'succeeds' | 'fails' | 'never settles') {
    vi.useFakeTimers();
    const work = deferred();
    const onMessage = vi.fn<Handler>().mockReturnValueOnce(work.promise);
    const { receive } = observedReceiver({ onMessage, now: () => NOW + performance.now() - startedAt });
    const startedAt = performance.now();
    const first = receive(sign());
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
    expect((await first).error?.code).toBe('handler_timeout');
    expect((await receive(sign())).error?.code).toBe('delivery_in_flight');
    if (outcome === 'succeeds') work.resolve();
    if (outcome === 'fails') work.reject(new Error('late'));
    await vi.advanceTimersByTimeAsync(0);
    return { onMessage, receive, work };
  }

  it('is told 200 without a run once the late handler has succeeded', async () => {
    const { onMessage, receive } = await timedOut('succeeds');
    expect((await receive(sign())).status).toBe(200);
    expect(onMessage).toHaveBeenCalledOnce();
  });

  it('is told 200 without a run when the late handler succeeds after its lease, whatever came between', async () => {
    const { onMessage, receive, work } = await timedOut('never settles');
    await vi.advanceTimersByTimeAsync(40_000);
    expect((await receive(sign({ ...messageEvent, message_text: 'another' }))).status).toBe(200);
    work.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect((await receive(sign())).status).toBe(200);
    expect(onMessage).toHaveBeenCalledTimes(2);
  });

  it('is run once the late handler has failed', async () => {
    const { onMessage, receive } = await timedOut('fails');
    expect((await receive(sign())).status).toBe(200);
    expect(onMessage).toHaveBeenCalledTimes(2);
  });

  it('is run once the lease is over, when the late handler never settles', async () => {
    const { onMessage, receive } = await timedOut('never settles');
    await vi.advanceTimersByTimeAsync(29_000);
    expect((await receive(sign())).error?.code).toBe('delivery_in_flight');
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await receive(sign())).status).toBe(200);
    expect(onMessage).toHaveBeenCalledTimes(2);
  });
});

describe('deliveryKey', () => {
  it('gets the event and the digest, and its answer is the key', async () => {
    const deliveryKey = vi.fn(() => 'key');
    const claim = vi.fn(async () => 'claimed' as const);
    const onMessage = vi.fn<Handler>();
    const deliveries = recordingStore({ claim });
    const { outcomes, receive } = observedReceiver({ onMessage, deliveryKey, deliveries });
    const { headers, rawBody } = sign();
    await receive({ headers, rawBody });
    const digest = headers['x-whatsapp-gateway-signature']?.slice('sha256='.length);
    expect(deliveryKey).toHaveBeenCalledExactlyOnceWith(messageEvent, digest);
    expect(claim).toHaveBeenCalledExactlyOnceWith('key', expect.any(String), 40_000);
    expect(onMessage.mock.calls[0]?.[1].deliveryKey).toBe('key');
    expect(outcomes).toMatchObject([{ deliveryKey: 'key' }]);
  });

  it('from inside the body catches a retry that was signed again', async () => {
    const onMessage = vi.fn<Handler>();
    const { receive } = observedReceiver({ onMessage, deliveryKey: ({ message_id }) => String(message_id) });
    const body = { ...messageEvent, message_id: 'wamid.1' };
    await receive(sign(body, { timestamp: NOW - 60_000 }));
    await receive(sign(body, { timestamp: NOW }));
    await receive(sign({ ...body, message_id: 'wamid.2' }));
    expect(onMessage).toHaveBeenCalledTimes(2);
  });

  it.each<[string, () => unknown, string]>([
    [
      'throws',
      () => {
        throw new Error('no id');
      },
      'no id',
    ],
    ['answers nothing', () => undefined, 'deliveryKey answered undefined. Answer a text that is not empty.'],
    ['answers an empty text', () => '', 'deliveryKey answered string. Answer a text that is not empty.'],
    ['answers a number', () => 5, 'deliveryKey answered number. Answer a text that is not empty.'],
    ['answers a promise', async () => 'key', 'deliveryKey answered object. Answer a text that is not empty.'],
    [
      'answers a promise that is rejected, which ends no process',
      async () => Promise.reject(new Error('no id')),
      'deliveryKey answered object. Answer a text that is not empty.',
    ],
  ])('that %s fails the delivery, which is neither claimed nor run', async (_name, deliveryKey, reason) => {
    const onMessage = vi.fn<Handler>();
    const deliveries = recordingStore();
    const { outcomes, receive } = observedReceiver({
      onMessage,
      deliveries,
      deliveryKey: deliveryKey as never,
    });
    const { status, body, error } = await receive(sign());
    expect({ status, body }).toEqual({ status: 500, body: '{"error":"handler_failed"}' });
    expect(error?.message).toContain('deliveryKey failed');
    expect(error?.cause).toMatchObject({ message: reason });
    expect(deliveries.steps).toEqual([]);
    expect(onMessage).not.toHaveBeenCalled();
    expect(outcomes).toMatchObject([{ type: 'failed', event: 'message.received', secretIndex: 0 }]);
  });
});

describe('twelve thousand different deliveries', () => {
  it('leave the memory store at its bound, and one that is being handled in it', async () => {
    const deliveries = memoryDeliveryStore({ now });
    const work = deferred();
    const onMessage = vi.fn<Handler>().mockReturnValueOnce(work.promise);
    const { receive } = observedReceiver({ onMessage, deliveries });
    const held = receive(sign());
    for (let index = 0; index < 12_000; index += 1) {
      await receive(sign({ ...messageEvent, message_text: String(index) }));
    }
    expect(deliveries.size).toBe(10_000);
    expect(onMessage).toHaveBeenCalledTimes(12_001);
    expect((await receive(sign())).error?.code).toBe('delivery_in_flight');
    work.resolve();
    expect((await held).status).toBe(200);
    expect((await receive(sign())).status).toBe(200);
    expect(onMessage).toHaveBeenCalledTimes(12_001);
  });
});
