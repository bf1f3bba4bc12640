import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Aged, AgeOrder } from '../../src/deliveries/age-order.ts';

class Entry implements Aged<Entry> {
  order: AgeOrder<Entry> | undefined;
  older: Entry | undefined;
  newer: Entry | undefined;
}

describe('AgeOrder', () => {
  it('has no oldest while it is empty, and again after it was emptied', () => {
    const order = new AgeOrder<Entry>();
    expect(order.oldest).toBeUndefined();
    const entry = new Entry();
    order.add(entry);
    expect(order.oldest).toBe(entry);
    order.remove(entry);
    expect(order.oldest).toBeUndefined();
    expect([...order]).toEqual([]);
  });

  it('keeps nothing of itself in an entry that it removed, so that none keeps the others in memory', () => {
    const order = new AgeOrder<Entry>();
    const [first, second, third] = [new Entry(), new Entry(), new Entry()];
    for (const entry of [first, second, third]) order.add(entry);
    order.remove(second);
    expect(second).toEqual(new Entry());
    expect([...order]).toEqual([first, third]);
  });

  it('holds what an array would, whatever is added to two of them and moved between them', () => {
    const step = fc.record({ entry: fc.nat(9), to: fc.constantFrom(0, 1, undefined) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const orders = [new AgeOrder<Entry>(), new AgeOrder<Entry>()];
        const arrays: Entry[][] = [[], []];
        const entries = Array.from({ length: 10 }, () => new Entry());
        for (const { entry: index, to } of steps) {
          const entry = entries[index] as Entry;
          entry.order?.remove(entry);
          for (const array of arrays) if (array.includes(entry)) array.splice(array.indexOf(entry), 1);
          if (to !== undefined) {
            orders[to]?.add(entry);
            arrays[to]?.push(entry);
          }
          for (const [which, order] of orders.entries()) {
            expect([...order]).toEqual(arrays[which]);
            expect(order.oldest).toBe(arrays[which]?.[0]);
            expect([...order].every((held) => held.order === order)).toBe(true);
          }
        }
      }),
    );
  });

  it('lets the entry at hand go on the way', () => {
    const order = new AgeOrder<Entry>();
    const entries = Array.from({ length: 5 }, () => new Entry());
    for (const entry of entries) order.add(entry);
    const seen: Entry[] = [];
    for (const entry of order) {
      seen.push(entry);
      order.remove(entry);
    }
    expect(seen).toEqual(entries);
    expect(order.oldest).toBeUndefined();
  });
});
