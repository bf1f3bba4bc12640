import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Oldest } from '../../src/deliveries/oldest.ts';

describe('Oldest', () => {
  it('finds nothing in an empty Map, and again after it was emptied', () => {
    const map = new Map<string, number>();
    const oldest = new Oldest(map);
    expect(oldest.find()).toBeUndefined();
    map.set('a', 1);
    expect(oldest.find()).toEqual(['a', 1]);
    map.delete('a');
    expect(oldest.find()).toBeUndefined();
    map.set('b', 2);
    expect(oldest.find()).toEqual(['b', 2]);
  });

  it('finds what a new walk would, whatever is set, deleted and set again between', () => {
    const step = fc.record({ key: fc.nat(8), set: fc.boolean(), find: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const map = new Map<number, number>();
        const oldest = new Oldest(map);
        let value = 0;
        for (const { key, set, find } of steps) {
          map.delete(key);
          if (set) {
            value += 1;
            map.set(key, value);
          }
          if (find) expect(oldest.find()).toEqual(map.entries().next().value);
        }
        expect(oldest.find()).toEqual(map.entries().next().value);
      }),
    );
  });

  it('walks a Map once, however often it is asked', () => {
    const map = new Map<number, number>();
    let walked = 0;
    const counted = Object.create(map, {
      size: { get: () => map.size },
      get: { value: (key: number) => map.get(key) },
      entries: {
        value: function* () {
          for (const entry of map) {
            walked += 1;
            yield entry;
          }
        },
      },
    }) as ReadonlyMap<number, number>;
    const oldest = new Oldest(counted);
    for (let key = 0; key < 1_000; key += 1) map.set(key, key);
    for (let key = 1_000; key < 5_000; key += 1) {
      map.delete(oldest.find()?.[0] ?? -1);
      map.set(key, key);
    }
    expect(oldest.find()).toEqual([4_000, 4_000]);
    expect(walked).toBe(4_001);
  });
});
