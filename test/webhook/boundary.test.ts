import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifyWebhook } from '../../src/webhook/verify.ts';
import { now, SECRET, sign } from '../support/deliveries.ts';

// Timestamp and body are signed with a dot between them, and both may hold dots: the same signature then fits every
// way to cut those bytes in two. Only one of them may be a delivery.
const BODY =
  '{"event":"message.received","from":"+966501234567","message_text":"1778234460.{} v1.2 10:00:00.5Z."}';
const forms = [
  '2026-05-08T10:01:00Z',
  '2026-05-08T10:01:00.5Z',
  '2026-05-08T10:01:00.25+03:00',
  '1778234460',
  '1778234460000',
];

function verify(timestamp: string, rawBody: Uint8Array, signature: string): string {
  try {
    const headers = { 'x-whatsapp-gateway-signature': signature, 'x-whatsapp-gateway-timestamp': timestamp };
    verifyWebhook({ secret: SECRET, now, toleranceSeconds: Infinity, rawBody, headers });
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('the bytes that are signed', () => {
  it.each(forms)('are a delivery when they are cut behind %s, and nowhere else', (timestamp) => {
    const signature = sign(BODY, { timestamp }).headers['x-whatsapp-gateway-signature'] ?? '';
    const signed = Buffer.from(`${timestamp}.${BODY}`);
    const dots = [...signed.keys()].filter((at) => signed[at] === 0x2e);
    const verdicts = dots.map((at) =>
      verify(signed.toString('latin1', 0, at), signed.subarray(at + 1), signature),
    );
    expect(dots.length).toBeGreaterThan(5);
    expect(verdicts.filter((verdict) => verdict === 'accepted')).toHaveLength(1);
    expect(verdicts[dots.indexOf(timestamp.length)]).toBe('accepted');
    expect(new Set(verdicts)).toEqual(new Set(['accepted', 'invalid_timestamp']));
  });

  it('let no timestamp in that begins with another', () => {
    for (const before of forms) {
      for (const behind of ['0', '5', '5Z', '000Z', '00+03:00', '2026-05-08T10:01:00Z', '1778234460']) {
        const timestamp = `${before}.${behind}`;
        const signature = `sha256=${createHmac('sha256', SECRET).update(`${timestamp}.${BODY}`).digest('hex')}`;
        expect(verify(timestamp, Buffer.from(BODY), signature)).toBe('invalid_timestamp');
      }
    }
  });
});
