import { describe, expect, it } from 'vitest';
import { createChangeFeed } from '../../../src/emulator/control/change-feed.ts';

describe('createChangeFeed', () => {
  it('numbers events from its start', () => {
    const feed = createChangeFeed(41, { limit: 9, maxCharacters: 99 });
    expect(feed.lastId).toBe(41);
    feed.push('a');
    feed.push('b');
    expect([feed.lastId, feed.find(42), feed.find(43), feed.find(44)]).toEqual([43, 'a', 'b', undefined]);
  });

  it('keeps so many events', () => {
    const feed = createChangeFeed(0, { limit: 2, maxCharacters: 99 });
    for (const text of ['a', 'b', 'c']) feed.push(text);
    expect([feed.find(1), feed.find(2), feed.find(3)]).toEqual([undefined, 'b', 'c']);
  });

  it('keeps so many characters, and the newest event whatever it has', () => {
    const feed = createChangeFeed(0, { limit: 9, maxCharacters: 4 });
    for (const text of ['aa', 'bb', 'cc']) feed.push(text);
    expect([feed.find(1), feed.find(2), feed.find(3)]).toEqual([undefined, 'bb', 'cc']);
    feed.push('ddddddd');
    expect([feed.find(3), feed.find(4)]).toEqual([undefined, 'ddddddd']);
    feed.push('e');
    expect([feed.find(4), feed.find(5)]).toEqual([undefined, 'e']);
  });

  it('can be followed from whatever has its next event', () => {
    const feed = createChangeFeed(10, { limit: 2, maxCharacters: 99 });
    expect([9, 10, 11].map(feed.canFollow)).toEqual([false, true, false]);
    for (const text of ['a', 'b', 'c']) feed.push(text);
    expect([10, 11, 12, 13, 14].map(feed.canFollow)).toEqual([false, true, true, true, false]);
  });
});
