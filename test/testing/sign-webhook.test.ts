import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageReceived } from '../../src/testing/events.ts';
import { signWebhook } from '../../src/testing/sign-webhook.ts';

interface Vector {
  name: string;
  secret: string;
  timestamp: string;
  bodyBase64: string;
  signature: string;
  valid: boolean;
  reason?: string;
}

const file = new URL('../vectors/webhook-deliveries.json', import.meta.url);
const { deliveries } = JSON.parse(readFileSync(file, 'utf8')) as { deliveries: Vector[] };
/** Bad deliveries whose signature is right all the same: what is wrong with them is what was signed. */
const signedAllTheSame = new Set([
  'invalid_json',
  'invalid_event',
  'invalid_timestamp',
  'timestamp_out_of_range',
]);
const rightlySigned = deliveries.filter(({ valid, reason = '' }) => valid || signedAllTheSame.has(reason));

const secret = 'whsec_test';
const TIMESTAMP = 'x-whatsapp-gateway-timestamp';
const SIGNATURE = 'x-whatsapp-gateway-signature';
const ISO_SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u;
const EVENT = 'x-whatsapp-gateway-event';

describe('signWebhook on vectors made with Python', () => {
  it('finds all 18 good vectors', () => {
    expect(deliveries.filter(({ valid }) => valid)).toHaveLength(18);
  });

  it.each(rightlySigned)('reproduces: $name', (vector) => {
    const body = Buffer.from(vector.bodyBase64, 'base64');
    const { headers, rawBody } = signWebhook({ secret: vector.secret, body, timestamp: vector.timestamp });
    expect(rawBody.equals(body)).toBe(true);
    expect(headers[TIMESTAMP]).toBe(vector.timestamp);
    expect(headers[SIGNATURE]).toBe(vector.signature);
  });

  it.each(deliveries.filter(({ reason }) => reason === 'invalid_signature'))(
    'makes another signature than: $name',
    (vector) => {
      const body = Buffer.from(vector.bodyBase64, 'base64');
      const { headers } = signWebhook({ secret: vector.secret, body, timestamp: vector.timestamp });
      expect(headers[SIGNATURE]).not.toBe(vector.signature);
    },
  );
});

const cycle: { self?: unknown } = {};
cycle.self = cycle;

describe('signWebhook', () => {
  it('signs the timestamp text, a dot and the bytes, whatever they are', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(text, bytes, fc.string(), (key, body, timestamp) => {
        const signed = Buffer.concat([Buffer.from(`${timestamp}.`), body]);
        const { headers, rawBody } = signWebhook({ secret: key, body, timestamp });
        expect(headers[SIGNATURE]).toBe(`sha256=${createHmac('sha256', key).update(signed).digest('hex')}`);
        expect(rawBody.equals(body)).toBe(true);
      }),
    );
  });

  it('writes an event object as compact JSON', () => {
    const event = messageReceived();
    expect(signWebhook({ secret, body: event }).rawBody.toString()).toBe(JSON.stringify(event));
  });

  it('signs a string as its UTF-8 bytes', () => {
    const body = '{"event":"message.received","message_text":"مرحبا 🙏"}';
    expect(signWebhook({ secret, body }).rawBody).toEqual(Buffer.from(body));
  });

  it('copies bytes, so that changing them later changes nothing', () => {
    const body = Buffer.from('{}');
    const { rawBody } = signWebhook({ secret, body });
    body.fill(0);
    expect(rawBody.toString()).toBe('{}');
  });

  it('takes the view of bytes and not the whole buffer under it', () => {
    const whole = new TextEncoder().encode('xx{}xx');
    expect(signWebhook({ secret, body: whole.subarray(2, 4) }).rawBody.toString()).toBe('{}');
  });

  it.each([
    ['a Date', new Date('2026-05-08T10:00:00.999Z'), '2026-05-08T10:00:00Z'],
    ['milliseconds', Date.UTC(2026, 4, 8, 10), '2026-05-08T10:00:00Z'],
    ['the header text', '1778234400', '1778234400'],
    ['an empty header text', '', ''],
  ])('takes %s as the timestamp', (_, timestamp, text) => {
    expect(signWebhook({ secret, body: {}, timestamp }).headers[TIMESTAMP]).toBe(text);
  });

  it('signs as of now where no timestamp is given', () => {
    const text = signWebhook({ secret, body: {} }).headers[TIMESTAMP] ?? '';
    expect(text).toMatch(ISO_SECONDS);
    expect(Math.abs(Date.now() - Date.parse(text))).toBeLessThan(2_000);
  });

  it('has only lower-case header names, and the type of the content', () => {
    expect(Object.keys(signWebhook({ secret, body: messageReceived() }).headers).sort()).toEqual([
      'content-type',
      EVENT,
      SIGNATURE,
      TIMESTAMP,
    ]);
  });

  it.each([
    ['an object', messageReceived(), 'message.received'],
    ['a string', '{"event":"recipient.opted_out"}', 'recipient.opted_out'],
    ['bytes', Buffer.from('{"event":"a.b"}'), 'a.b'],
    ['a body with no event', {}, undefined],
    ['an event that is no text', { event: 7 }, undefined],
    ['a name that no header can hold', { event: 'رسالة' }, undefined],
    ['a name with a line break', { event: 'a\r\nb: c' }, undefined],
    ['broken JSON', '{"event":', undefined],
    ['null', 'null', undefined],
  ])('takes the event header from %s', (_, body, name) => {
    expect(signWebhook({ secret, body }).headers[EVENT]).toBe(name);
  });

  it('lets the event header differ from the body', () => {
    expect(signWebhook({ secret, body: messageReceived(), event: 'other' }).headers[EVENT]).toBe('other');
  });

  it.each([
    [{ secret: '', body: {} }, 'secret is empty'],
    [{ secret: undefined, body: {} }, 'secret is not text'],
    [{ secret, body: undefined }, 'body is undefined'],
    [{ secret, body: null }, 'body is null'],
    [{ secret, body: { count: 1n } }, 'body is an object'],
    [{ secret, body: cycle }, 'body is an object'],
    [{ secret, body: {}, timestamp: new Date(Number.NaN) }, 'timestamp is an object'],
    [{ secret, body: {}, timestamp: Number.NaN }, 'timestamp is NaN'],
    [{ secret, body: {}, timestmp: 1 }, 'Did you mean timestamp?'],
  ])('refuses %o', (options, message) => {
    expect(() => signWebhook(options as never)).toThrow(TypeError);
    expect(() => signWebhook(options as never)).toThrow(message);
  });
});
