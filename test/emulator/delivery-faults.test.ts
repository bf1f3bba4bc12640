import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { DeliveryFaultKind } from '../../src/emulator/fault.ts';
import type { GatewayEmulator } from '../../src/emulator/gateway.ts';
import type { WebhookDelivery } from '../../src/emulator/model.ts';
import { verifyWebhook } from '../../src/webhook/verify.ts';
import { nodeDigest } from '../support/node-digest.ts';
import { PHONE, SECRET, startGateway } from './gateway.ts';
import { type RawDelivery, startRawApp } from './raw-app.ts';

const NOW = Date.parse('2026-05-08T10:00:00Z');
const SIGNATURE = 'x-whatsapp-gateway-signature';
const TIMESTAMP = 'x-whatsapp-gateway-timestamp';
const EVENT = 'x-whatsapp-gateway-event';
const TEXT = 'أين طلبي؟ 🚚';

/** What the signature has to be over these bytes, made here again. */
function sign(timestamp: string | undefined, bytes: Buffer): string {
  return `sha256=${nodeDigest(SECRET, String(timestamp), bytes)}`;
}

/** One delivery with a fault, as it was seen by the receiver. */
async function deliverWith(kind: DeliveryFaultKind): Promise<{
  gateway: GatewayEmulator;
  delivery: WebhookDelivery;
  received: RawDelivery[];
  first: RawDelivery;
}> {
  const app = await startRawApp();
  const webhook = { url: app.url, secret: SECRET };
  const gateway = await startGateway({ webhook, now: () => NOW, bodyStyle: 'js' });
  gateway.faults.add({ on: 'delivery', ...kind });
  const delivery = await gateway.customer(PHONE).says(TEXT);
  const [first] = app.received;
  if (first === undefined) throw new Error('Nothing was received.');
  return { gateway, delivery, received: app.received, first };
}

const plain = Buffer.from(
  JSON.stringify({
    event: 'message.received',
    instance_id: 'emu_instance',
    instance_name: 'faisak-demo',
    from: PHONE,
    message_text: TEXT,
    message_type: 'text',
  }),
);

describe('a fault of the signature', () => {
  it('is wrong in its value and right in its form', async () => {
    const { first } = await deliverWith({ type: 'wrong-signature' });
    const right = sign('2026-05-08T10:00:00Z', plain);
    expect(first.header(SIGNATURE)).not.toBe(right);
    expect(first.header(SIGNATURE)).toHaveLength(right.length);
    expect(first.body).toEqual(plain);
  });

  it('is missing altogether', async () => {
    const { first, delivery } = await deliverWith({ type: 'missing-signature' });
    expect(first.wire.toString('latin1').toLowerCase()).not.toContain(SIGNATURE);
    expect(delivery.attempts[0]?.signature).toMatchObject({
      sent: undefined,
      expected: sign('2026-05-08T10:00:00Z', plain),
    });
  });

  it('is truncated by its last two characters', async () => {
    const { first } = await deliverWith({ type: 'truncated-signature' });
    expect(first.header(SIGNATURE)).toBe(sign('2026-05-08T10:00:00Z', plain).slice(0, -2));
  });
});

describe('a fault of the timestamp', () => {
  it.each([
    ['stale-timestamp', undefined, '2026-05-08T09:50:00Z', 600],
    ['stale-timestamp', 86_400, '2026-05-07T10:00:00Z', 86_400],
    ['future-timestamp', undefined, '2026-05-08T10:10:00Z', -600],
    ['future-timestamp', 90, '2026-05-08T10:01:30Z', -90],
  ] as const)('%s by %s seconds is %s, signed rightly', async (type, seconds, timestamp, age) => {
    const kind = seconds === undefined ? { type } : { type, seconds };
    const { first, delivery } = await deliverWith(kind);
    expect(first.header(TIMESTAMP)).toBe(timestamp);
    expect(first.header(SIGNATURE)).toBe(sign(timestamp, plain));
    expect(delivery.attempts[0]?.signature.ageSeconds).toBe(age);
  });
});

describe('a fault of the bytes', () => {
  it('is gzip, after signing', async () => {
    const { first, delivery } = await deliverWith({ type: 'gzip' });
    expect(first.header('content-encoding')).toBe('gzip');
    expect(first.header('content-length')).toBe(String(first.framed.length));
    expect(gunzipSync(first.framed)).toEqual(plain);
    expect(first.header(SIGNATURE)).toBe(sign(first.header(TIMESTAMP), plain));
    expect(delivery.attempts[0]?.rawBody).toEqual(first.body);
    expect(delivery.attempts[0]?.signature.signedBody).toEqual(plain);
  });

  it('is three chunks', async () => {
    const { first } = await deliverWith({ type: 'chunked' });
    const length = Math.ceil(plain.length / 3);
    const pieces = [
      plain.subarray(0, length),
      plain.subarray(length, 2 * length),
      plain.subarray(2 * length),
    ];
    const framed = pieces.flatMap((piece) => [
      Buffer.from(`${piece.length.toString(16)}\r\n`),
      piece,
      Buffer.from('\r\n'),
    ]);
    expect(first.framed).toEqual(Buffer.concat([...framed, Buffer.from('0\r\n\r\n')]));
    expect(first.header('transfer-encoding')).toBe('chunked');
    expect(first.header('content-length')).toBeUndefined();
    expect(first.header(SIGNATURE)).toBe(sign(first.header(TIMESTAMP), plain));
  });

  it('is a byte order mark, signed with the rest', async () => {
    const { first } = await deliverWith({ type: 'byte-order-mark' });
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), plain]);
    expect(first.framed).toEqual(marked);
    expect(first.header(SIGNATURE)).toBe(sign(first.header(TIMESTAMP), marked));
    expect(first.header(EVENT)).toBe('message.received');
  });

  it('is half of the JSON, signed as it is', async () => {
    const { first } = await deliverWith({ type: 'truncated-json' });
    const half = plain.subarray(0, Math.floor(plain.length / 2));
    expect(first.framed).toEqual(half);
    expect(first.header('content-length')).toBe(String(half.length));
    expect(first.header(SIGNATURE)).toBe(sign(first.header(TIMESTAMP), half));
    expect(first.header(EVENT)).toBe('message.received');
  });

  it.each([
    [undefined, 'emulator.unknown_event'],
    ['call.received', 'call.received'],
    ['__proto__', '__proto__'],
  ])('is an unknown event: %s', async (event, name) => {
    const { first } = await deliverWith(
      event === undefined ? { type: 'unknown-event' } : { type: 'unknown-event', event },
    );
    expect(first.header(EVENT)).toBe(name);
    expect(JSON.parse(first.framed.toString())).toEqual({ ...JSON.parse(plain.toString()), event: name });
    const headers = { [TIMESTAMP]: first.header(TIMESTAMP), [SIGNATURE]: first.header(SIGNATURE) };
    const verified = verifyWebhook({ rawBody: first.framed, headers, secret: SECRET, now: () => NOW });
    expect(verified.event.event).toBe(name);
  });
});
