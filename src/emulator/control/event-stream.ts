import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { GatewayEmulator } from '../gateway.ts';
import type { EmulatorChange } from '../model.ts';
import { apiHeaders } from './answer.ts';
import { type ChangeFeed, createChangeFeed } from './change-feed.ts';
import { ControlError } from './errors.ts';
import { createFeedClient, type FeedClient, formatEvent } from './feed-client.ts';
import {
  FEED_KEEP_ALIVE_MS,
  FEED_LIMIT,
  FEED_MEMORY_MS,
  FEED_RETRY_MS,
  FEED_STATE_INTERVAL_MS,
  MAX_FEED_CHARACTERS,
  MAX_FEED_CLIENTS,
} from './limits.ts';
import type { ToJson } from './to-json.ts';

/** Sends what changes to whoever follows, as server-sent events. */
export interface EventStream {
  /**
   * Keeps a response open and sends it every change.
   *
   * @throws ControlError `too_many_clients`.
   */
  connect(request: IncomingMessage, response: ServerResponse): void;
}

const HEADERS = { ...apiHeaders, 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };
const SECOND_MS = 1_000;

/** Makes an emulator's stream. An emulator that nobody follows pays nothing for it. */
export function createEventStream(gateway: GatewayEmulator, toJson: ToJson): EventStream {
  const clients = new Set<FeedClient>();
  let feed: ChangeFeed | undefined;
  let unsubscribe = (): void => undefined;
  let keepAlive: ReturnType<typeof setInterval> | undefined;
  let stateTimer: ReturnType<typeof setTimeout> | undefined;
  let isStateOld = false;
  let lastLeftAt = 0;
  let lastId = 0;

  function push(name: string, value: unknown): void {
    feed?.push(formatEvent(name, value));
    for (const client of clients) client.catchUp();
  }

  /** One send changes the account several times, and the account holds every suppressed number. */
  function tellState(): void {
    if (stateTimer !== undefined) {
      isStateOld = true;
      return;
    }
    push('state', toJson.state());
    stateTimer = setTimeout(() => {
      stateTimer = undefined;
      if (isStateOld) tellState();
    }, FEED_STATE_INTERVAL_MS).unref();
    isStateOld = false;
  }

  function stop(): void {
    unsubscribe();
    clearTimeout(stateTimer);
    stateTimer = undefined;
    lastId = feed?.lastId ?? lastId;
    feed = undefined;
  }

  function onChange(change: EmulatorChange): void {
    if (clients.size === 0 && performance.now() - lastLeftAt > FEED_MEMORY_MS) stop();
    else if (change.type === 'message') push('message', toJson.message(change.message));
    else if (change.type === 'request') push('request', toJson.request(change.request));
    else if (change.type === 'delivery') push('delivery', toJson.delivery(change.delivery));
    else if (change.type === 'faults') push('faults', toJson.faults());
    else if (change.type === 'reset') push('reset', {});
    else tellState();
  }

  function start(): ChangeFeed {
    const limits = { limit: FEED_LIMIT, maxCharacters: MAX_FEED_CHARACTERS };
    const started = createChangeFeed(Math.max(Date.now(), lastId + 1), limits);
    feed = started;
    unsubscribe = gateway.subscribe(onChange);
    return started;
  }

  return {
    connect(request, response) {
      if (clients.size >= MAX_FEED_CLIENTS) {
        throw new ControlError(
          'too_many_clients',
          `${MAX_FEED_CLIENTS} clients follow the feed already. Close a page or a client that is not needed.`,
          { 'retry-after': String(FEED_RETRY_MS / SECOND_MS) },
        );
      }
      const followed = feed ?? start();
      response.writeHead(200, HEADERS);
      const lastEventId = request.headers['last-event-id'];
      const client = createFeedClient(
        response,
        followed,
        typeof lastEventId === 'string' ? lastEventId : undefined,
      );
      clients.add(client);
      keepAlive ??= setInterval(() => {
        for (const each of clients) each.keepAlive();
      }, FEED_KEEP_ALIVE_MS).unref();
      response.once('close', () => {
        clients.delete(client);
        if (clients.size > 0) return;
        lastLeftAt = performance.now();
        clearInterval(keepAlive);
        keepAlive = undefined;
      });
    },
  };
}
