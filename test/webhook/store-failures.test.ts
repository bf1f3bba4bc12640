import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { memoryDeliveryStore } from '../../src/deliveries/memory.ts';
import type { DeliveryStore } from '../../src/deliveries/store.ts';
import type { WebhookOptions } from '../../src/webhook/options.ts';
import { now, sign } from '../support/deliveries.ts';
import { observedReceiver } from '../support/received.ts';
import { errorBody } from '../support/server.ts';
import { recordingStore } from '../support/stores.ts';

type Handler = NonNullable<WebhookOptions['onMessage']>;

const down = new Error('connect ECONNREFUSED 10.0.0.7:6379');
const STORE_TIMEOUT_MS = 5_000;

/** The three ways in which a step of a store can fail. */
const failures: readonly [string, () => Promise<never>][] = [
  ['rejects', () => Promise.reject(down)],
  [
    'throws at once',
    () => {
      throw down;
    },
  ],
  ['hangs', () => new Promise(() => undefined)],
];

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function receiverWith(overrides: Partial<DeliveryStore>, onMessage: Handler = () => undefined) {
  const deliveries = recordingStore(overrides);
  const receiver = observedReceiver({ onMessage, deliveries });
  return {
    ...receiver,
    deliveries,
    /** Receives a delivery, giving a hanging store all the time it may take. */
    receive: async () => {
      const answer = receiver.receive(sign());
      await vi.advanceTimersByTimeAsync(STORE_TIMEOUT_MS);
      return answer;
    },
  };
}

describe.each(failures)('a store that %s', (_name, step) => {
  it('in claim: 503 store_unavailable, and nothing runs', async () => {
    const onMessage = vi.fn<Handler>();
    const { outcomes, receive } = receiverWith({ claim: step }, onMessage);
    const { error, ...response } = await receive();
    expect(response).toEqual({
      status: 503,
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Length': '29',
        'Retry-After': '5',
      },
      body: errorBody('store_unavailable'),
    });
    expect(error?.message).toContain('could not claim the delivery');
    expect(error?.cause).toBeInstanceOf(Error);
    expect(onMessage).not.toHaveBeenCalled();
    expect(outcomes).toMatchObject([{ type: 'failed', status: 503, event: 'message.received' }]);
  });

  it('in complete: 200, because the work is done, and the outcome says that a copy might run', async () => {
    const onMessage = vi.fn<Handler>();
    const { deliveries, outcomes, receive } = receiverWith({ complete: step }, onMessage);
    const { status, body, error } = await receive();
    expect({ status, body, error }).toEqual({ status: 200, body: 'ok', error: undefined });
    expect(onMessage).toHaveBeenCalledOnce();
    expect(outcomes).toMatchObject([
      { type: 'handled', status: 200, error: { code: 'store_unavailable', cause: expect.any(Error) } },
    ]);
    expect(outcomes[0]?.error?.message).toContain('could not complete the delivery');
    expect(deliveries.steps).toEqual(['claim', 'complete']);
  });

  it('in complete: a copy waits for the lease, and is not run beside the first', async () => {
    const onMessage = vi.fn<Handler>();
    const { receive } = receiverWith({ complete: step }, onMessage);
    await receive();
    expect((await receive()).error?.code).toBe('delivery_in_flight');
    expect(onMessage).toHaveBeenCalledOnce();
  });

  it("in release: the handler's failure is what is answered", async () => {
    const { deliveries, outcomes, receive } = receiverWith({ release: step }, async () => {
      throw new Error('the handler');
    });
    const { status, error } = await receive();
    expect(status).toBe(500);
    expect(error).toMatchObject({ code: 'handler_failed', cause: { message: 'the handler' } });
    expect(outcomes).toMatchObject([{ type: 'failed', status: 500 }]);
    expect(deliveries.steps).toEqual(['claim', 'release']);
  });

  it('after a time-out: nothing is left unhandled', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    for (const settles of [() => undefined, () => Promise.reject(new Error('late'))]) {
      const { receive } = receiverWith({ complete: step, release: step }, async () => {
        await new Promise((resolve) => setTimeout(resolve, 11_000));
        return settles();
      });
      const answer = receive();
      await vi.advanceTimersByTimeAsync(20_000);
      expect((await answer).error?.code).toBe('handler_timeout');
    }
    vi.useRealTimers();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe('a store that answers nonsense to claim', () => {
  it.each([undefined, true, 'OK', 'CLAIMED'])('%s: 503, and nothing runs', async (answer) => {
    const onMessage = vi.fn<Handler>();
    const { receive } = receiverWith({ claim: async () => answer as never }, onMessage);
    expect((await receive()).error).toMatchObject({
      code: 'store_unavailable',
      cause: expect.any(TypeError),
    });
    expect(onMessage).not.toHaveBeenCalled();
  });
});

describe('a store that is full of deliveries in flight', () => {
  it('asks for a retry, and takes the delivery when there is room', async () => {
    const store = memoryDeliveryStore({ maxEntries: 1 });
    await store.claim('other', 'token', 60_000);
    const onMessage = vi.fn<Handler>();
    const { receive } = receiverWith(
      { claim: store.claim, complete: store.complete, release: store.release },
      onMessage,
    );
    expect((await receive()).error?.code).toBe('store_unavailable');
    await store.release('other', 'token');
    expect((await receive()).status).toBe(200);
    expect(onMessage).toHaveBeenCalledOnce();
  });
});

describe('the memory of its own, with a clock that fails', () => {
  const clockThatFailsAt = (call: number) => {
    const clock = vi.fn(now);
    for (let earlier = 1; earlier < call; earlier += 1) clock.mockImplementationOnce(now);
    return clock.mockImplementationOnce(() => {
      throw new Error('no time');
    });
  };

  it('claims nothing: 503, and a retry is handled', async () => {
    const onMessage = vi.fn<Handler>();
    const { receive } = observedReceiver({ onMessage, now: clockThatFailsAt(2) });
    const delivery = sign();
    expect((await receive(delivery)).error).toMatchObject({
      code: 'store_unavailable',
      cause: new Error('no time'),
    });
    expect(onMessage).not.toHaveBeenCalled();
    expect((await receive(delivery)).status).toBe(200);
    expect(onMessage).toHaveBeenCalledOnce();
  });

  it('cannot remember: 200 all the same, and onOutcome is told why', async () => {
    const { outcomes, receive } = observedReceiver({ onMessage: () => undefined, now: clockThatFailsAt(3) });
    expect((await receive(sign())).status).toBe(200);
    expect(outcomes).toMatchObject([{ type: 'handled', error: { code: 'store_unavailable' } }]);
  });
});
