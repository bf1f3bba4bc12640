import { describe, expect, it } from 'vitest';
import type { GatewayEmulator } from '../../src/emulator/gateway.ts';
import type { WebhookDelivery } from '../../src/emulator/model.ts';
import { PHONE, SECRET, startGateway } from './gateway.ts';
import { type RawDelivery, startRawApp } from './raw-app.ts';

const NOW = Date.parse('2026-05-08T10:00:00Z');
const TIMESTAMP = 'x-whatsapp-gateway-timestamp';

/** A delivery that was made an hour ago. */
async function delivered(
  status = 200,
): Promise<{ gateway: GatewayEmulator; delivery: WebhookDelivery; received: RawDelivery[] }> {
  const app = await startRawApp((_, response) => response.writeHead(status).end());
  const gateway = await startGateway({
    webhook: { url: app.url, secret: SECRET },
    now: () => NOW,
    retries: { attempts: 2, delaysMs: [1_000] },
  });
  const delivery = await gateway.customer(PHONE).says('أين طلبي؟');
  await gateway.clock.advance('1h');
  return { gateway, delivery, received: app.received };
}

describe('resend', () => {
  it('makes a retry of the same event, signed now', async () => {
    const { gateway, delivery, received } = await delivered();
    const again = await gateway.resend(delivery.id, { mode: 'retry' });
    expect(again).toMatchObject({
      origin: 'resend',
      resendOf: delivery.id,
      state: 'delivered',
      event: delivery.event,
      from: PHONE,
      text: 'أين طلبي؟',
    });
    expect(again.id).not.toBe(delivery.id);
    expect(received[1]?.body).toEqual(received[0]?.body);
    expect(received.map((one) => one.header(TIMESTAMP))).toEqual([
      '2026-05-08T10:00:00Z',
      '2026-05-08T11:00:00Z',
    ]);
    expect(gateway.deliveries).toEqual([delivery, again]);
  });

  it('sends the exact bytes and headers again', async () => {
    const { gateway, delivery, received } = await delivered();
    await gateway.resend(delivery.id, { mode: 'exact' });
    expect(received[1]?.wire).toEqual(received[0]?.wire);
  });

  it('sends exactly, whatever faults there are, and once', async () => {
    const { gateway, delivery, received } = await delivered(500);
    expect(received).toHaveLength(2);
    gateway.faults.add({ on: 'delivery', type: 'wrong-signature' });
    const again = await gateway.resend(delivery.id, { mode: 'exact' });
    expect(again.state).toBe('failed');
    expect(received[2]?.wire).toEqual(received[1]?.wire);
    expect(gateway.faults.list()).toHaveLength(1);
    expect(again.attempts[0]?.hint).toBeUndefined();
  });

  it.each([
    ['gzip', 'content-encoding'],
    ['chunked', 'transfer-encoding'],
    ['byte-order-mark', 'content-length'],
    ['missing-signature', 'content-length'],
  ] as const)('sends a delivery with %s exactly', async (type, header) => {
    const { gateway, received } = await delivered();
    gateway.faults.add({ on: 'delivery', type });
    const odd = await gateway.customer(PHONE).says('ما');
    const again = await gateway.resend(odd.id, { mode: 'exact' });
    expect(received[2]?.body).toEqual(received[1]?.body);
    expect(received[2]?.head).toEqual(received[1]?.head);
    expect(received[2]?.header(header)).toBe(received[1]?.header(header));
    expect(again.attempts[0]?.signature).toEqual(odd.attempts[0]?.signature);
  });

  it.each([
    [
      'an event',
      { event: 'x', from: PHONE },
      { eventName: 'x', from: PHONE },
      '{"event":"x","from":"+966501234567"}',
    ],
    ['a text', '{"event": "y"}', { eventName: 'y', from: undefined }, '{"event": "y"}'],
    ['bytes', Buffer.from([0xff]), { eventName: undefined }, '\ufffd'],
    ['nothing', '', { eventName: undefined }, ''],
  ])('sends %s in its place, signed now', async (_, body, record, text) => {
    const { gateway, delivery, received } = await delivered();
    const again = await gateway.resend(delivery.id, { mode: 'edited', body });
    expect(again).toMatchObject({ origin: 'resend', resendOf: delivery.id, ...record });
    expect(received[1]?.body.toString()).toBe(text);
    expect(received[1]?.header(TIMESTAMP)).toBe('2026-05-08T11:00:00Z');
  });

  it('can be told not to wait', async () => {
    const { gateway, delivery } = await delivered();
    const again = await gateway.resend(delivery.id, { mode: 'retry', wait: false });
    expect(again.state).toBe('pending');
    expect((await again.settled()).state).toBe('delivered');
  });

  it('refuses what it cannot do', async () => {
    const { gateway, delivery } = await delivered();
    const { resend } = gateway;
    await expect(resend('emu_del_9', { mode: 'retry' })).rejects.toThrow('there is no delivery emu_del_9');
    await expect(resend(delivery.id, { mode: 'again' as never })).rejects.toThrow('Give one of retry, exact');
    await expect(resend(delivery.id, {} as never)).rejects.toThrow('Give one of retry, exact, edited');
    await expect(resend(delivery.id, { mode: 'edited' })).rejects.toThrow('option body is undefined');
    await expect(resend(delivery.id, { mode: 'edited', body: 5 as never })).rejects.toThrow('body is 5');
    await expect(resend(delivery.id, { mode: 'retry', body: '' })).rejects.toThrow('Give the new body');
    await expect(resend(delivery.id, { mod: 'retry' } as never)).rejects.toThrow('Did you mean mode?');
    gateway.faults.add({ on: 'delivery', type: 'drop' });
    const { id } = await gateway.deliver({});
    await expect(resend(id, { mode: 'exact' })).rejects.toThrow(`${id} was never sent`);
    gateway.update({ webhook: null });
    await expect(resend(delivery.id, { mode: 'retry' })).rejects.toThrow('No webhook is set');
  });
});
