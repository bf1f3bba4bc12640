import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';
import type { GatewayEmulator } from '../../../../src/emulator/gateway.ts';
import { PREFIX } from './api.ts';
import { problems, schemas } from './description.ts';

export interface FeedEvent {
  readonly id: string;
  readonly name: string;
  readonly data: unknown;
}

const HEARD_CHARACTERS = 10_000;
const ID = /^id: (\d+)$/mu;

/** A client of the feed. Every event is held against the description. */
export interface Follower {
  readonly response: IncomingMessage;
  readonly events: readonly FeedEvent[];
  /** The id that a browser would come back with. */
  lastId(): string;
  /** Resolves with the first event that fits, also one that came already. */
  event(fits: (event: FeedEvent) => boolean): Promise<FeedEvent>;
  /** Resolves once the text has come, comments included. */
  receives(text: string): Promise<void>;
  readonly closed: Promise<void>;
  leave(): void;
}

function parse(block: string): FeedEvent | undefined {
  const fields = new Map(
    block
      .split('\n')
      .map((line) => line.split(': '))
      .map(([name = '', ...value]) => [name, value.join(': ')]),
  );
  const name = fields.get('event');
  if (name === undefined) return undefined;
  const data = JSON.parse(fields.get('data') ?? '');
  const schema = schemas.Feed?.properties?.[name];
  const problem = schema === undefined ? 'there is none' : problems(schema, data);
  if (problem !== '') throw new Error(`The event ${name} is not as described: ${problem}`);
  return { id: fields.get('id') ?? '', name, data };
}

/** Follows the feed until the test is over. */
export async function follow(
  gateway: GatewayEmulator,
  headers: Readonly<Record<string, string>> = {},
): Promise<Follower> {
  const request = get(`${gateway.url}${PREFIX}/events`, { headers, agent: false });
  onTestFinished(() => {
    request.destroy();
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  // Not by `once`, which rejects where the connection is cut off.
  const closed = new Promise<void>((resolve) => response.once('close', resolve));
  const events: FeedEvent[] = [];
  let heard = '';
  let unread = '';
  let lastId = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    heard = (heard + chunk).slice(-HEARD_CHARACTERS);
    const blocks = (unread + chunk).split('\n\n');
    unread = blocks.pop() ?? '';
    for (const block of blocks) {
      lastId = ID.exec(block)?.[1] ?? lastId;
      const event = parse(block);
      if (event !== undefined) events.push(event);
    }
  });

  async function until<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await Promise.race([
        new Promise((resolve) => response.once('data', resolve)),
        closed.then(() => Promise.reject(new Error(`The feed ended: ${heard.slice(-500)}`))),
      ]);
    }
  }

  return {
    response,
    events,
    lastId: () => lastId,
    event: (fits) => until(() => events.find(fits)),
    receives: async (wanted) => {
      await until(() => (heard.includes(wanted) ? true : undefined));
    },
    closed,
    leave: () => void request.destroy(),
  };
}
