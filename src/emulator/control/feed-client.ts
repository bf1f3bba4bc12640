import type { ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { ChangeFeed } from './change-feed.ts';
import { FEED_RETRY_MS, FEED_STALL_MS } from './limits.ts';

/** Somebody who follows the feed. */
export interface FeedClient {
  /** Sends what it has not been sent yet, as far as it takes it. */
  catchUp(): void;
  /** Sends a comment, or cuts off a client that has taken nothing for too long. */
  keepAlive(): void;
}

const WHOLE_NUMBER = /^\d{1,16}$/u;
const RESET_EVENT = 'event: reset\ndata: {}\n';

/** An event as it goes over the wire, its number left out. JSON has no line break of its own. */
export function formatEvent(name: string, value: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(value)}\n`;
}

/**
 * Begins to send the feed: from now on, or from where the client was. One that was away for too long is sent `reset`
 * first: what it knows is worth nothing any more. Nothing is queued for a client: it has a place in the feed, and one
 * that falls behind the feed's oldest event is cut off.
 */
export function createFeedClient(
  response: ServerResponse,
  feed: ChangeFeed,
  lastEventId: string | undefined,
): FeedClient {
  const asked = lastEventId !== undefined && WHOLE_NUMBER.test(lastEventId) ? Number(lastEventId) : undefined;
  const isKnown = asked !== undefined && asked <= feed.lastId && feed.canFollow(asked);
  let position = isKnown ? asked : feed.lastId;
  let blockedAt: number | undefined;

  function write(text: string): void {
    if (!response.write(text)) blockedAt ??= performance.now();
  }

  function catchUp(): void {
    if (!feed.canFollow(position)) {
      response.destroy();
      return;
    }
    while (blockedAt === undefined) {
      const text = feed.find(position + 1);
      if (text === undefined) break;
      position += 1;
      write(`id: ${position}\n${text}\n`);
    }
  }

  response.on('drain', () => {
    blockedAt = undefined;
    catchUp();
  });
  const isLost = lastEventId !== undefined && !isKnown;
  write(`retry: ${FEED_RETRY_MS}\nid: ${position}\n${isLost ? RESET_EVENT : ''}\n`);
  catchUp();

  return {
    catchUp,
    keepAlive() {
      if (blockedAt === undefined) write(':\n\n');
      else if (performance.now() - blockedAt > FEED_STALL_MS) response.destroy();
    },
  };
}
