import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { createMask, type Mask, maskError } from '../../src/sender/mask.ts';

const mask: Mask = (text) =>
  createMask({
    apiKey: 'wg_live_0123456789',
    proxyCredentials: ['dXNlcjpwYXNz', 'pass word'],
    phones: ['+966501234567', '050 123 4567'],
    message: '  Call 050 123 4567 now ',
  })(text);

function copyOf(error: unknown): Error {
  const copy = maskError(error, mask);
  if (!(copy instanceof Error)) throw new Error('It is no error.');
  return copy;
}

describe('a mask', () => {
  test.each([
    ['the key', 'Bearer wg_live_0123456789 and wg_live_0123456789', 'Bearer [API key] and [API key]'],
    [
      "a proxy's credentials",
      'Basic dXNlcjpwYXNz, pass word',
      'Basic [proxy credentials], [proxy credentials]',
    ],
    ['a phone', 'to +966501234567', 'to [phone]'],
    ['a phone without its plus sign', 'to 966501234567', 'to [phone]'],
    ['a phone as the caller spelled it', 'to 050 123 4567', 'to [phone]'],
    ['the text, and the phone in it', '"  Call 050 123 4567 now "', '"[message]"'],
    ['the text without white space around it', '"Call 050 123 4567 now"', '"[message]"'],
    ['nothing of other words', 'Call us now', 'Call us now'],
  ])('takes out %s', (_, text, masked) => {
    expect(mask(text)).toBe(masked);
  });

  test('leaves words of fewer than six characters', () => {
    const short = createMask({
      apiKey: 'abcde',
      proxyCredentials: ['12345'],
      phones: ['+1234'],
      message: 'hello',
    });
    expect(short('abcde 12345 +1234 hello')).toBe('abcde 12345 +1234 hello');
    expect(createMask({ apiKey: 'abcdef' })('abcde abcdef')).toBe('abcde [API key]');
  });
});

describe('a masked error', () => {
  test('keeps name, message, stack and code, masked', () => {
    const error = Object.assign(new TypeError('wg_live_0123456789 is refused'), { code: 'E_966501234567' });
    error.stack = 'TypeError: wg_live_0123456789 is refused\n    at here';
    const copy = copyOf(error);
    expect(copy).not.toBe(error);
    expect(copy.name).toBe('TypeError');
    expect(copy.message).toBe('[API key] is refused');
    expect(copy.stack).toBe('TypeError: [API key] is refused\n    at here');
    expect(copy).toHaveProperty('code', 'E_[phone]');
  });

  test('keeps nothing else', () => {
    const copy = copyOf(
      Object.assign(new Error('x'), { headers: { authorization: 'secret' }, code: { a: 1 } }),
    );
    expect(Reflect.ownKeys(copy).sort()).toEqual(['message', 'name', 'stack']);
    expect(Object.keys(copy)).toEqual([]);
  });

  test('shows its code among its fields, as those of Node do', () => {
    expect(Object.keys(copyOf(Object.assign(new Error('x'), { code: 'E_X' })))).toEqual(['code']);
    expect(copyOf(Object.assign(new Error('x'), { code: 7 }))).toHaveProperty('code', 7);
  });

  test('has a stack also where the error had none', () => {
    const error = new RangeError('too far');
    Object.defineProperty(error, 'stack', { value: undefined });
    expect(copyOf(error).stack).toBe('RangeError: too far');
  });

  test('can be changed by who gets it', () => {
    const copy = copyOf(new Error('x'));
    copy.name = 'Mine';
    copy.stack = 'none';
    expect(String(copy)).toBe('Mine: x');
    expect(delete copy.stack).toBe(true);
  });

  test('has masked causes, four deep', () => {
    let error = new Error('wg_live_0123456789 0');
    for (let depth = 1; depth < 7; depth += 1)
      error = new Error(`wg_live_0123456789 ${depth}`, { cause: error });
    const messages: string[] = [];
    for (let copy: unknown = copyOf(error); copy instanceof Error; copy = copy.cause)
      messages.push(copy.message);
    expect(messages).toEqual([6, 5, 4, 3, 2].map((depth) => `[API key] ${depth}`));
  });

  test('has the masked errors of an AggregateError, no deeper than its causes', () => {
    const inner = [new Error('wg_live_0123456789'), 'wg_live_0123456789', { key: 'wg_live_0123456789' }];
    const copy = copyOf(new AggregateError(inner, 'all failed'));
    expect(copy).toHaveProperty('errors', [new Error('[API key]'), '[API key]', undefined]);
    expect(Object.keys(copy)).toEqual([]);

    let nested: Error = new Error('0');
    for (let depth = 1; depth < 7; depth += 1) nested = new AggregateError([nested], String(depth));
    const messages: string[] = [];
    for (let at: unknown = copyOf(nested); at instanceof Error; at = (at as AggregateError).errors?.[0]) {
      messages.push(at.message);
    }
    expect(messages).toEqual(['6', '5', '4', '3', '2']);
  });

  test('has no errors where there is no list of them', () => {
    expect(copyOf(Object.assign(new Error('x'), { errors: 'wg_live_0123456789' }))).not.toHaveProperty(
      'errors',
    );
  });

  test('is made of an error of another realm too', () => {
    const foreign: unknown = runInNewContext("new TypeError('wg_live_0123456789')");
    expect(foreign).not.toBeInstanceOf(Error);
    expect(copyOf(foreign)).toMatchObject({ name: 'TypeError', message: '[API key]' });
  });

  test('leaves out what throws when it is read', () => {
    const error = new Error('x');
    for (const property of ['message', 'name', 'code', 'cause', 'errors']) {
      Object.defineProperty(error, property, {
        get() {
          throw new Error('wg_live_0123456789');
        },
      });
    }
    const copy = copyOf(error);
    expect(copy.message).toBe('');
    expect(copy.name).toBe('Error');
    expect('cause' in copy).toBe(false);
  });

  test.each<[string, unknown, unknown]>([
    ['a text', 'wg_live_0123456789', '[API key]'],
    ['undefined', undefined, undefined],
    ['null', null, null],
    ['a number', 7, 7],
    ['a function', () => 'wg_live_0123456789', undefined],
    ['an object', { message: 'wg_live_0123456789', name: 'Error' }, undefined],
  ])('of %s is that, masked, or nothing', (_, thrown, expected) => {
    expect(maskError(thrown, mask)).toBe(expected);
  });
});
