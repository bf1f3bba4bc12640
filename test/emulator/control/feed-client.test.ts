import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createChangeFeed } from '../../../src/emulator/control/change-feed.ts';
import { createFeedClient, formatEvent } from '../../../src/emulator/control/feed-client.ts';

/** A response whose reader takes so many writes at a time. */
class Response extends EventEmitter {
  readonly written: string[] = [];
  destroyed = false;
  room = 1_000;

  write(text: string): boolean {
    this.written.push(text);
    this.room -= 1;
    return this.room > 0;
  }

  destroy(): void {
    this.destroyed = true;
  }

  drain(room: number): void {
    this.room = room;
    this.emit('drain');
  }
}

function start(limit = 100, lastEventId?: string) {
  const feed = createChangeFeed(0, { limit, maxCharacters: 1_000 });
  const response = new Response();
  const connect = () => createFeedClient(response as unknown as ServerResponse, feed, lastEventId);
  return { feed, response, connect };
}

describe('a client of the feed', () => {
  it('is told when to come back, and from where', () => {
    const { response, connect } = start();
    connect();
    expect(response.written).toEqual(['retry: 1000\nid: 0\n\n']);
  });

  it('is sent nothing more while it takes nothing', () => {
    const { feed, response, connect } = start();
    response.room = 2;
    const client = connect();
    for (const name of ['a', 'b', 'c']) {
      feed.push(formatEvent(name, 1));
      client.catchUp();
    }
    expect(response.written).toHaveLength(2);
    response.drain(9);
    expect(response.written.slice(1)).toEqual([
      'id: 1\nevent: a\ndata: 1\n\n',
      'id: 2\nevent: b\ndata: 1\n\n',
      'id: 3\nevent: c\ndata: 1\n\n',
    ]);
    expect(response.destroyed).toBe(false);
  });

  it('is cut off once what it needs next is not kept any more', () => {
    const { feed, response, connect } = start(2);
    response.room = 1;
    const client = connect();
    for (const name of ['a', 'b', 'c']) {
      expect(response.destroyed).toBe(false);
      feed.push(formatEvent(name, 1));
      client.catchUp();
    }
    expect(response.destroyed).toBe(true);
  });

  it('is sent what it missed, however much that is', () => {
    const { feed, response, connect } = start(100, '10');
    for (let id = 1; id <= 60; id += 1) feed.push(formatEvent('a', id));
    response.room = 5;
    connect();
    while (response.room <= 0) response.drain(5);
    expect(response.written).toHaveLength(51);
    expect(response.written[1]).toBe('id: 11\nevent: a\ndata: 11\n\n');
  });

  it('that takes nothing for half a minute is cut off, and a slower one is not', () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(0);
    onTestFinished(() => now.mockRestore());
    const { feed, response, connect } = start();
    response.room = 1;
    const client = connect();
    feed.push(formatEvent('a', 1));
    client.catchUp();
    now.mockReturnValue(29_000);
    client.keepAlive();
    response.drain(1);
    now.mockReturnValue(58_000);
    client.keepAlive();
    expect(response.destroyed).toBe(false);
    expect(response.written).not.toContain(':\n\n');
    now.mockReturnValue(60_000);
    client.keepAlive();
    expect(response.destroyed).toBe(true);
  });

  it('that takes everything is sent a comment', () => {
    const { response, connect } = start();
    connect().keepAlive();
    expect(response.written.at(-1)).toBe(':\n\n');
  });
});
