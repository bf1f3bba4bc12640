import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWebhookError, type WebhookError } from '../../src/webhook/errors.ts';
import { parseEvent } from '../../src/webhook/event.ts';
import { messageEvent, optOutEvent, PHONE, TEXT } from '../support/deliveries.ts';

function parse(body: unknown) {
  return parseEvent(Buffer.from(JSON.stringify(body)));
}

function refusal(body: Uint8Array | string): WebhookError {
  try {
    parseEvent(Buffer.from(body));
  } catch (error) {
    if (isWebhookError(error)) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('parseEvent', () => {
  it('keeps every field as it came, documented or not', () => {
    const body = {
      ...messageEvent,
      external_id: 'wamid.1',
      nested: { deep: [1, null, { a: true }] },
      empty: '',
      none: null,
    };
    expect(parse(body)).toStrictEqual(body);
  });

  it('keeps what is escaped, outside the BMP, and a lone surrogate, as JSON.parse reads it', () => {
    const json = String.raw`{"event":"message.received","from":"1","message_text":"\u0645\/👩‍💻 \ud800"}`;
    expect(parseEvent(Buffer.from(json)).message_text).toBe('م/👩‍💻 \ud800');
  });

  it('takes a byte order mark for no part of the JSON, once', () => {
    const json = JSON.stringify(optOutEvent);
    expect(parseEvent(Buffer.from(`\ufeff${json}`))).toEqual(optOutEvent);
    expect(refusal(`\ufeff\ufeff${json}`).code).toBe('invalid_json');
  });

  // EF BB 80, EF 80 BF and E1 BB BF, where the mark is EF BB BF.
  it.each(['\ufec0', '\uf03f', '\u1eff'])('takes no other letter for a byte order mark: %j', (letter) => {
    expect(refusal(`${letter}${JSON.stringify(optOutEvent)}`).code).toBe('invalid_json');
  });

  it('reads bytes that begin in the middle of a larger buffer', () => {
    const json = Buffer.from(JSON.stringify(optOutEvent));
    const whole = new Uint8Array(json.length + 20).fill(0xff);
    whole.set(json, 10);
    expect(parseEvent(whole.subarray(10, 10 + json.length))).toEqual(optOutEvent);
  });

  it.each([
    ['message.status_updated with its name alone', { event: 'message.status_updated' }],
    ['an event that nobody documented', { event: 'instance.disconnected', instance_id: 'inst_12345' }],
    ['an empty text', { ...messageEvent, message_text: '' }],
    [
      'null where a text is optional',
      { ...messageEvent, instance_id: null, instance_name: null, message_type: null },
    ],
    ['a type of message that nobody documented', { ...messageEvent, message_type: 'image' }],
  ])('reads %s', (_name, body) => {
    expect(parse(body)).toStrictEqual(body);
  });

  it.each([
    ['an array', '[]', 'it is an array'],
    ['null', 'null', 'it is null'],
    ['a number', '5', 'it is a number'],
    ['a text', '"message.received"', 'it is a string'],
    ['no event', '{"from":"+966501234567"}', 'field event is missing'],
    ['an event that is no text', '{"event":5}', 'field event is a number'],
    ['an event that is null', '{"event":null}', 'field event is null'],
    ['an empty event', '{"event":""}', 'field event is empty'],
    ['an event that is an array', '{"event":["message.received"]}', 'field event is an array'],
    ['an event that is an object', '{"event":{}}', 'field event is an object'],
    ['an opt-out with no sender', '{"event":"recipient.opted_out"}', 'field from is missing'],
    ['an opt-out with an empty sender', '{"event":"recipient.opted_out","from":""}', 'field from is empty'],
    [
      'a message with no text',
      '{"event":"message.received","from":"+966501234567"}',
      'field message_text is missing',
    ],
    ['a message with no sender', '{"event":"message.received","message_text":"hi"}', 'field from is missing'],
    ['an instance that is no text', '{"event":"x","instance_id":7}', 'field instance_id is a number'],
    [
      "an instance's name that is no text",
      '{"event":"x","instance_name":{}}',
      'field instance_name is an object',
    ],
    [
      'a type that is no text',
      '{"event":"message.received","from":"1","message_text":"","message_type":false}',
      'field message_type is a boolean',
    ],
  ])('refuses %s as invalid_event and says what is wrong', (_name, body, reason) => {
    const error = refusal(body);
    expect(error.code).toBe('invalid_event');
    expect(error.message).toBe(`The body is signed JSON but no event of the gateway: ${reason}.`);
  });

  it.each([
    ['nothing', '', 'it is empty'],
    ['white space', ' \r\n', 'JSON.parse refuses it'],
    ['a byte order mark alone', '\ufeff', 'it is empty'],
    ['JSON that ends early', '{"event":"message.received",', 'JSON.parse refuses it'],
    ['JSON and more', '{"event":"x"}{"event":"y"}', 'JSON.parse refuses it'],
    ['a comment', '{"event":"x"} // y', 'JSON.parse refuses it'],
    ['NaN', '{"event":"x","n":NaN}', 'JSON.parse refuses it'],
    ['an overlong UTF-8 sequence', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), 'it is not UTF-8'],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'it is not UTF-8'],
    ['UTF-16', Buffer.from('\ufeff{"event":"x"}', 'utf16le'), 'it is not UTF-8'],
    ['Latin-1', Buffer.from('{"event":"é"}', 'latin1'), 'it is not UTF-8'],
  ])('refuses %s as invalid_json and says why', (_name, body, reason) => {
    const error = refusal(body);
    expect(error.code).toBe('invalid_json');
    expect(error.message).toBe(`The body is signed but cannot be read as JSON: ${reason}.`);
  });

  it.each([
    ['JSON that ends early', `{"event":"message.received","from":"${PHONE}","message_text":"${TEXT}`],
    ['a phone that is a number', `{"event":"recipient.opted_out","from":${PHONE.slice(1)}}`],
    ['a text in an array', `{"event":"message.received","from":"1","message_text":["${TEXT}"]}`],
    ['a text alone', JSON.stringify(TEXT)],
    ['a phone alone', PHONE.slice(1)],
    ['a phone for an event', `{"event":${PHONE.slice(1)}}`],
  ])("keeps a customer's phone and words off the error for %s", (_name, body) => {
    const shown = inspect(refusal(body), { showHidden: true });
    expect(shown).not.toContain(PHONE.slice(1));
    expect(shown).not.toContain(TEXT);
  });

  it('refuses JSON nested a hundred thousand deep without running out of stack', () => {
    const depth = 100_000;
    const event = parseEvent(Buffer.from(`{"event":"x","deep":${'['.repeat(depth)}${']'.repeat(depth)}}`));
    expect(event.event).toBe('x');
  });
});

describe('names that Object.prototype has', () => {
  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])(
    'an event named %s is an unknown event',
    (event) => {
      expect(parse({ event, from: PHONE })).toStrictEqual({ event, from: PHONE });
    },
  );

  it('a __proto__ field stays a field and changes no object', () => {
    const event = parseEvent(
      Buffer.from(
        '{"event":"__proto__","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
      ),
    );
    expect(Object.keys(event)).toEqual(['event', '__proto__', 'constructor']);
    expect(Object.getOwnPropertyDescriptor(event, '__proto__')?.value).toEqual({ polluted: true });
    expect(Object.getPrototypeOf(event)).toBe(Object.prototype);
    expect('polluted' in {}).toBe(false);
  });

  it('a __proto__ field stands for no required field', () => {
    expect(refusal('{"event":"recipient.opted_out","__proto__":{"from":"+966501234567"}}').code).toBe(
      'invalid_event',
    );
    expect(refusal('{"__proto__":{"event":"recipient.opted_out"}}').code).toBe('invalid_event');
  });
});

describe('any bytes', () => {
  function parseOrCode(bytes: Uint8Array): unknown {
    try {
      return parseEvent(bytes).event;
    } catch (error) {
      return isWebhookError(error) ? error.code : error;
    }
  }

  it('are an event, or invalid_json, or invalid_event, and nothing else', () => {
    const json = fc.json().map((text) => Buffer.from(text));
    const eventLike = fc
      .record(
        {
          event: fc.oneof(fc.constantFrom('message.received', 'recipient.opted_out', 'x'), fc.jsonValue()),
          from: fc.jsonValue(),
          message_text: fc.jsonValue(),
        },
        { requiredKeys: [] },
      )
      .map((value) => Buffer.from(JSON.stringify(value)));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), json, eventLike), (bytes) => {
        expect(parseOrCode(bytes)).toBeTypeOf('string');
      }),
      { numRuns: 1_000 },
    );
  });
});
