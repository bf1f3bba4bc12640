import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import type { WebhookContext } from '../../src/webhook/context.ts';
import { messageEvent, NOW, OTHER_SECRET, optOutEvent, PHONE, SECRET, sign } from '../support/deliveries.ts';
import { observedReceiver } from '../support/received.ts';

type Context = WebhookContext<string | undefined>;

/** The context that a handler gets for a delivery. */
async function contextOf(body: object, request?: IncomingMessage): Promise<Context> {
  const onEvent = vi.fn((_event: unknown, _context: Context) => undefined);
  await observedReceiver({ onEvent }).receive({ ...sign(body), request });
  const context = onEvent.mock.calls[0]?.[1];
  if (context === undefined) throw new Error('The handler was not called.');
  return context;
}

describe('the context', () => {
  it('holds what the delivery was', async () => {
    const { headers, rawBody } = sign();
    const request = new IncomingMessage(new Socket());
    const context = await contextOf(messageEvent, request);
    expect(context).toMatchObject({
      phone: PHONE,
      deliveryKey: headers['x-whatsapp-gateway-signature']?.slice('sha256='.length),
      timestamp: new Date(NOW),
      secretIndex: 0,
    });
    expect(context.rawBody).toEqual(rawBody);
    expect(context.request).toBe(request);
    expect(context.signal.aborted).toBe(false);
  });

  it('has no request where there is none', async () => {
    expect((await contextOf(messageEvent)).request).toBeUndefined();
  });

  it('says which secret signed it', async () => {
    const onMessage = vi.fn((_event: unknown, { secretIndex }: Context) => secretIndex);
    const receiver = observedReceiver({ secret: [SECRET, OTHER_SECRET], onMessage });
    await receiver.receive(sign(messageEvent, { secret: OTHER_SECRET }));
    await receiver.receive(sign(messageEvent, { secret: SECRET }));
    expect(onMessage.mock.results.map(({ value }) => value)).toEqual([1, 0]);
    expect(receiver.outcomes.map(({ secretIndex }) => secretIndex)).toEqual([1, 0]);
  });

  it('gives the bytes as they came, byte order mark included', async () => {
    const onMessage = vi.fn((_event: unknown, { rawBody }: Context) => Buffer.from(rawBody).toString('hex'));
    const delivery = sign(`\ufeff${JSON.stringify(messageEvent)}`);
    await observedReceiver({ onMessage }).receive(delivery);
    expect(onMessage).toHaveReturnedWith(delivery.rawBody.toString('hex'));
  });
});

describe('context.phone', () => {
  it.each(['+966501234567', '966501234567', '00966501234567', '966501234567@s.whatsapp.net'])(
    'is one spelling for a sender written %s',
    async (from) => {
      expect((await contextOf({ ...optOutEvent, from })).phone).toBe(PHONE);
    },
  );

  it('is undefined only where the event has no sender', async () => {
    expect((await contextOf({ event: 'message.status_updated' })).phone).toBeUndefined();
  });

  it.each(['support', '0501234567', 966501234567, null])(
    'throws for a sender %j when it is read, and not before',
    async (from) => {
      const context = await contextOf({ event: 'message.status_updated', from });
      const unreadable = new TypeError('context.phone: the event has a `from` that is no phone number.');
      expect(() => context.phone).toThrow(unreadable);
      // No copy may have lost it without a sound.
      expect(() => ({ ...context })).toThrow(unreadable);
    },
  );

  it('that throws makes the delivery fail, so that no opt-out is lost without a sound', async () => {
    const optOut = vi.fn();
    const receiver = observedReceiver({ onOptOut: (_event, { phone }) => optOut(phone) });
    const { status, error } = await receiver.receive(sign({ ...optOutEvent, from: '0501234567' }));
    expect(status).toBe(500);
    expect(error?.cause).toBeInstanceOf(TypeError);
    expect(optOut).not.toHaveBeenCalled();
  });

  it('that is never read throws nothing', async () => {
    const receiver = observedReceiver({ onOptOut: () => undefined });
    expect((await receiver.receive(sign({ ...optOutEvent, from: 'a shop' }))).status).toBe(200);
  });
});

describe('taking the context apart', () => {
  it('works field by field', async () => {
    const { phone, deliveryKey, timestamp, secretIndex, rawBody, signal } = await contextOf(messageEvent);
    expect({ phone, secretIndex, timestamp }).toEqual({
      phone: PHONE,
      secretIndex: 0,
      timestamp: new Date(NOW),
    });
    expect(deliveryKey).toHaveLength(64);
    expect(rawBody.byteLength).toBeGreaterThan(0);
    expect(signal).toBeInstanceOf(AbortSignal);
  });

  it('loses nothing but the signal in the rest or in a copy', async () => {
    const context = await contextOf(messageEvent);
    const { secretIndex, ...rest } = context;
    expect(rest.phone).toBe(PHONE);
    expect(rest.signal).toBeUndefined();
    expect({ ...context, shop: 1 }).toMatchObject({ phone: PHONE, secretIndex, shop: 1 });
  });
});
