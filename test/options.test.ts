import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkOptionNames, functionOption, integerOption, invalidOption } from '../src/options.ts';

describe('checkOptionNames', () => {
  const known = ['secret', 'toleranceSeconds', 'onMessage', 'onOptOut', 'now'];

  it('lets known names, undefined values and no names through', () => {
    expect(() => checkOptionNames('factory', { secret: 'x', now: undefined }, known)).not.toThrow();
    expect(() => checkOptionNames('factory', {}, known)).not.toThrow();
    expect(() => checkOptionNames('factory', Object.create(null), known)).not.toThrow();
  });

  it.each([
    ['secrets', 'secret'],
    ['Secret', 'secret'],
    ['sceret', 'secret'],
    ['onmessage', 'onMessage'],
    ['onOptedOut', 'onOptOut'],
    ['tolerance', 'toleranceSeconds'],
    ['onMessageReceived', 'onMessage'],
    ['onOpt', 'onOptOut'],
    ['onOptOutMessage', 'onOptOut'],
    ['message', 'onMessage'],
    ['onMessageNow', 'onMessage or now'],
  ])('answers %s with the nearest name, %s', (name, nearest) => {
    expect(() => checkOptionNames('factory', { [name]: 1 }, known)).toThrow(
      new TypeError(`factory: there is no option "${name}". Did you mean ${nearest}?`),
    );
  });

  it('tells how a part of the options is passed', () => {
    expect(() => checkOptionNames('factory: option retry', 3, ['unsent'])).toThrow(
      new TypeError('factory: option retry: the options are 3. Pass an object: { unsent: … }.'),
    );
  });

  it.each(['banana', 'x', '', '__proto__x', 'on', 'max', 'onText'])(
    'answers %j, which is near nothing, with all names',
    (name) => {
      expect(() => checkOptionNames('factory', { [name]: 1 }, ['secret', 'onMessage'])).toThrow(
        new TypeError(`factory: there is no option "${name}". The options are secret, onMessage.`),
      );
    },
  );

  it('refuses an own __proto__ like any other unknown name', () => {
    expect(() => checkOptionNames('factory', JSON.parse('{"__proto__":1}'), known)).toThrow('"__proto__"');
  });

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['whsec_secret', 'a text'],
    [5, '5'],
    [[], 'an array'],
    [() => undefined, 'a function'],
  ])('refuses %s instead of options', (options, shown) => {
    expect(() => checkOptionNames('factory', options, known)).toThrow(
      new TypeError(`factory: the options are ${shown}. Pass an object: factory({ secret: … }).`),
    );
  });

  it('throws nothing but a TypeError, for any name', () => {
    // fast-check's own table of characters takes seconds to make.
    const character = fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit));
    function thrownFor(name: string): unknown {
      try {
        checkOptionNames('factory', Object.fromEntries([[name, 1]]), known);
        return undefined;
      } catch (error) {
        return error;
      }
    }
    fc.assert(
      fc.property(
        fc.string({ unit: character }),
        (name) => known.includes(name) || thrownFor(name) instanceof TypeError,
      ),
    );
  });
});

describe('integerOption', () => {
  const bounds = { min: 1, max: 10, fallback: 5, unit: 'bytes' };

  it.each([
    [undefined, 5],
    [1, 1],
    [10, 10],
  ])('takes %s as %i', (value, result) => {
    expect(integerOption('factory', 'limit', value, bounds)).toBe(result);
  });

  it.each([
    [0, '0'],
    [11, '11'],
    [-1, '-1'],
    [1.5, '1.5'],
    [Number.NaN, 'NaN'],
    [Infinity, 'Infinity'],
    ['5', '"5"'],
    [5n, '5'],
    [null, 'null'],
    [true, 'true'],
    [{}, 'an object'],
    [[5], 'an array'],
    [Symbol('five'), 'Symbol(five)'],
  ])('refuses %s', (value, shown) => {
    expect(() => integerOption('factory', 'limit', value, bounds)).toThrow(
      new TypeError(
        `factory: option limit is ${shown}. Give a whole number of bytes from 1 to 10, or leave it out for 5.`,
      ),
    );
  });
});

describe('functionOption', () => {
  it('hands back a function or undefined', () => {
    const handler = () => undefined;
    expect(functionOption('factory', 'onMessage', handler)).toBe(handler);
    expect(functionOption('factory', 'onMessage', undefined)).toBeUndefined();
  });

  it.each([null, 'handler', {}, false, 0])('refuses %s', (value) => {
    expect(() => functionOption('factory', 'onMessage', value)).toThrow(TypeError);
    expect(() => functionOption('factory', 'onMessage', value)).toThrow('factory: option onMessage is ');
  });
});

describe('invalidOption', () => {
  it.each([
    ['a long text', 'x'.repeat(1_000), `"${'x'.repeat(60)}…"`],
    ['a text of several lines', 'a\nb', String.raw`"a\nb"`],
    ['an object that cannot be made text', JSON.parse('{"toString":"shown"}'), 'an object'],
  ])('shows %s in short, on one line', (_name, value, shown) => {
    expect(invalidOption('factory', 'name', value, 'Advice.').message).toBe(
      `factory: option name is ${shown}. Advice.`,
    );
  });
});
