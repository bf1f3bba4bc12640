import { inspect, types } from 'node:util';
import vm from 'node:vm';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { isWebhookError, type WebhookError } from '../../src/webhook/errors.ts';
import type { MessageReceivedEvent, RecipientOptedOutEvent } from '../../src/webhook/event.ts';
import { type VerifyWebhookOptions, verifyWebhook } from '../../src/webhook/verify.ts';
import { messageEvent, NOW, now, OTHER_SECRET, SECRET, sign, TEXT } from '../support/deliveries.ts';

const SECOND_MS = 1_000;

function verify(options: Partial<VerifyWebhookOptions> = {}) {
  return verifyWebhook({ ...sign(), secret: SECRET, now, ...options });
}

function refusal(options: Partial<VerifyWebhookOptions>): WebhookError {
  try {
    verify(options);
  } catch (error) {
    if (isWebhookError(error)) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('verifyWebhook', () => {
  it('answers the event, the time, the place of the secret and the digest', () => {
    const { headers, rawBody } = sign();
    expect(verify({ headers, rawBody })).toEqual({
      event: messageEvent,
      timestamp: new Date(NOW),
      secretIndex: 0,
      digest: headers['x-whatsapp-gateway-signature']?.slice('sha256='.length),
    });
  });

  it('takes the body as bytes, as bytes of another realm, and as text', () => {
    const { headers, rawBody } = sign();
    const foreign = vm.runInNewContext('Uint8Array.from(bytes)', { bytes: [...rawBody] });
    expect(foreign).not.toBeInstanceOf(Uint8Array);
    expect(types.isUint8Array(foreign)).toBe(true);
    for (const body of [rawBody, new Uint8Array(rawBody), rawBody.toString('utf8'), foreign]) {
      expect(verify({ headers, rawBody: body }).event.message_text).toBe(TEXT);
    }
  });

  it.each([
    ['a parsed body', messageEvent],
    ['an empty object', {}],
    ['undefined', undefined],
    ['null', null],
    ['an ArrayBuffer', new ArrayBuffer(8)],
    ['an array of numbers', [123, 125]],
  ])('answers raw_body_unavailable to %s', (_name, rawBody) => {
    const { code, message } = refusal({ rawBody: rawBody as never });
    expect(code).toBe('raw_body_unavailable');
    expect(message).toContain('and not bytes or text');
    expect(message).toContain('request.arrayBuffer()');
  });

  it.each([
    ['no headers at all', {}],
    ['no signature', { 'x-whatsapp-gateway-timestamp': String(NOW) }],
    ['no timestamp', { 'x-whatsapp-gateway-signature': `sha256=${'0'.repeat(64)}` }],
    ['an empty signature', { ...sign().headers, 'x-whatsapp-gateway-signature': '' }],
    ['an empty list', { ...sign().headers, 'x-whatsapp-gateway-signature': [] }],
  ])('answers missing_header to %s', (_name, headers) => {
    expect(refusal({ headers }).code).toBe('missing_header');
  });

  it('decides nothing by the event header, which is not signed', () => {
    const { headers, rawBody } = sign();
    const forged = { ...headers, 'x-whatsapp-gateway-event': 'recipient.opted_out' };
    expect(verify({ headers: forged, rawBody }).event.event).toBe('message.received');
  });

  it.each([
    ['Fetch Headers', (headers: Record<string, string>) => new Headers(headers)],
    [
      'capitals, as a Lambda function gets them',
      (headers: Record<string, string>) =>
        Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value])),
    ],
  ])('reads %s', (_name, convert) => {
    const { headers, rawBody } = sign();
    expect(verify({ headers: convert(headers), rawBody }).event).toEqual(messageEvent);
  });

  it.each(['x-whatsapp-gateway-signature', 'x-whatsapp-gateway-timestamp'])(
    'refuses two %s headers',
    (name) => {
      const { headers, rawBody } = sign();
      const value = headers[name] ?? '';
      expect(refusal({ headers: { ...headers, [name]: [value, value] }, rawBody }).code).toBe(
        'invalid_signature',
      );
      const fetchHeaders = new Headers(headers);
      fetchHeaders.append(name, value);
      expect(refusal({ headers: fetchHeaders, rawBody }).code).toBe('invalid_signature');
    },
  );
});

describe('the tolerance', () => {
  function signedAgo(milliseconds: number) {
    return sign(messageEvent, { timestamp: String(NOW - milliseconds) });
  }

  it.each([0, 299, 300, -299, -300])('lets in a delivery that is %i s old', (seconds) => {
    expect(verify(signedAgo(seconds * SECOND_MS)).timestamp).toEqual(new Date(NOW - seconds * SECOND_MS));
  });

  it.each([300_001, -300_001, 86_400_000, -86_400_000])('refuses one that is %i ms old', (milliseconds) => {
    expect(refusal(signedAgo(milliseconds)).code).toBe('timestamp_out_of_range');
  });

  it('says which clock is behind', () => {
    expect(refusal(signedAgo(400 * SECOND_MS)).message).toContain(
      '400 s before our clock; 300 s are allowed',
    );
    expect(refusal(signedAgo(-400 * SECOND_MS)).message).toContain('400 s ahead of our clock');
  });

  it('may be a fraction of a second', () => {
    expect(verify({ ...signedAgo(500), toleranceSeconds: 0.5 }).secretIndex).toBe(0);
    expect(refusal({ ...signedAgo(501), toleranceSeconds: 0.5 }).code).toBe('timestamp_out_of_range');
  });

  it('may be Infinity on purpose', () => {
    const delivery = sign(messageEvent, { timestamp: '1973-03-03T09:46:40Z' });
    expect(verify({ ...delivery, toleranceSeconds: Infinity }).timestamp.getUTCFullYear()).toBe(1973);
  });

  it.each([300, Infinity])('of %s lets nothing in by a clock that answers NaN', (toleranceSeconds) => {
    expect(refusal({ toleranceSeconds, now: () => Number.NaN }).code).toBe('timestamp_out_of_range');
  });

  it('is looked at only once the signature holds, and the body only after both', () => {
    const old = sign('no JSON', { timestamp: '2001-01-01T00:00:00Z' });
    expect(refusal({ ...old, secret: OTHER_SECRET }).code).toBe('invalid_signature');
    expect(refusal(old).code).toBe('timestamp_out_of_range');
    expect(refusal(sign('no JSON', { timestamp: 'yesterday' })).code).toBe('invalid_timestamp');
    expect(refusal(sign('no JSON')).code).toBe('invalid_json');
  });
});

describe('rotation', () => {
  it.each([
    ['the new secret', SECRET, 0],
    ['the old secret', OTHER_SECRET, 1],
  ])('takes %s and says which it was', (_name, secret, secretIndex) => {
    const delivery = sign(messageEvent, { secret });
    expect(verify({ ...delivery, secret: [SECRET, OTHER_SECRET] }).secretIndex).toBe(secretIndex);
  });

  it('counts an environment variable that is not set, so that places keep their meaning', () => {
    expect(verify({ secret: [undefined, SECRET, undefined] }).secretIndex).toBe(1);
  });

  it('refuses a secret that was taken out', () => {
    expect(refusal({ ...sign(messageEvent, { secret: OTHER_SECRET }) }).code).toBe('invalid_signature');
  });

  it('shows no secret and no good signature when it refuses', () => {
    const { headers, rawBody } = sign(messageEvent, { secret: OTHER_SECRET });
    const shown = inspect(refusal({ headers, rawBody, secret: [SECRET, 'whsec_another'] }), {
      showHidden: true,
    });
    expect(shown).not.toContain('whsec_');
    expect(shown).not.toMatch(HEX_DIGEST);
  });
});

const HEX_DIGEST = /[0-9a-f]{64}/u;

describe('misuse', () => {
  it.each([undefined, null, 5, 'x-whatsapp-gateway-signature: …'])(
    'headers %s give a TypeError',
    (headers) => {
      expect(() => verify({ headers: headers as never })).toThrow(TypeError);
      expect(() => verify({ headers: headers as never })).toThrow('verifyWebhook: option headers is');
    },
  );

  it('an option that does not exist gives a TypeError with the nearest one', () => {
    const misspelt = { ...sign(), secret: SECRET, tolerance: 5 };
    expect(() => verifyWebhook(misspelt)).toThrow(
      new TypeError('verifyWebhook: there is no option "tolerance". Did you mean toleranceSeconds?'),
    );
    // @ts-expect-error an option that does not exist does not compile either
    expect(() => verifyWebhook({ ...sign(), secret: SECRET, rawbody: '' })).toThrow('Did you mean rawBody?');
  });

  it('a missing secret gives a TypeError', () => {
    expect(() => verify({ secret: undefined })).toThrow('verifyWebhook: option secret is missing.');
  });
});

describe('types', () => {
  it('the event narrows by its name', () => {
    const { event } = verify();
    if (event.event === 'message.received') expectTypeOf(event).toEqualTypeOf<MessageReceivedEvent>();
    if (event.event === 'recipient.opted_out') expectTypeOf(event).toEqualTypeOf<RecipientOptedOutEvent>();
    expectTypeOf(event.event).toExtend<string>();
    expectTypeOf(event.message_text).toEqualTypeOf<unknown>();
    expect(event.event).toBe('message.received');
  });
});
