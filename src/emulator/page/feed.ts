import type { FeedJson } from '../control/json-types.ts';
import { API_PREFIX, api } from './api.ts';
import type { Action, FeedEvent } from './model/store.ts';

/** Events are gathered this long, so that a flood costs a few renders a second and not thousands. */
const BATCH_MS = 60;
/** How long to wait where the browser has given up reconnecting by itself. */
const REOPEN_MS = 1_500;

type EventName = FeedEvent['name'];
const NAMES: readonly EventName[] = ['request', 'delivery', 'state', 'faults'];

function readEvent(name: EventName, text: string): FeedEvent {
  return { name, data: JSON.parse(text) as FeedJson[EventName] } as FeedEvent;
}

/**
 * Follows the emulator for as long as the page is open. The browser reconnects by itself and sends `Last-Event-ID`,
 * so that what was missed is told again; at every connection the lists are read too, since another emulator may have
 * come up at the address, with ids of its own. Events that come while the lists are read wait for them.
 */
export function followFeed(dispatch: (action: Action) => void): () => void {
  let source: EventSource | undefined;
  let waiting: FeedEvent[] = [];
  let batchTimer: ReturnType<typeof setTimeout> | undefined;
  let reopenTimer: ReturnType<typeof setTimeout> | undefined;
  /** Counts the readings of the lists: one that was overtaken by another is thrown away. */
  let reading = 0;
  let ready = false;

  function flush(): void {
    batchTimer = undefined;
    if (!ready || waiting.length === 0) return;
    const events = waiting;
    waiting = [];
    dispatch({ type: 'feed', events });
  }

  function lose(): void {
    ready = false;
    reading += 1;
    dispatch({ type: 'connection', connection: 'lost' });
  }

  async function readLists(): Promise<void> {
    reading += 1;
    const mine = reading;
    ready = false;
    try {
      const snapshot = await api.snapshot();
      if (mine !== reading) return;
      dispatch({ type: 'snapshot', snapshot });
      ready = true;
      flush();
    } catch {
      if (mine === reading) reopen();
    }
  }

  function reopen(): void {
    lose();
    source?.close();
    clearTimeout(reopenTimer);
    reopenTimer = setTimeout(open, REOPEN_MS);
  }

  function open(): void {
    const opened = new EventSource(`${API_PREFIX}/events`);
    source = opened;
    opened.onopen = () => void readLists();
    opened.onerror = () => (opened.readyState === EventSource.CLOSED ? reopen() : lose());
    for (const name of NAMES) {
      opened.addEventListener(name, (event: MessageEvent<string>) => {
        waiting.push(readEvent(name, event.data));
        batchTimer ??= setTimeout(flush, BATCH_MS);
      });
    }
    opened.addEventListener('reset', () => {
      waiting = [];
      void readLists();
    });
  }

  open();
  return () => {
    reading += 1;
    source?.close();
    clearTimeout(batchTimer);
    clearTimeout(reopenTimer);
  };
}
