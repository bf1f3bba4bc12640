/** The newest events of one emulator, numbered without gaps, so that whoever comes back can go on where it was. */
export interface ChangeFeed {
  /** The number of the newest event; of none yet, the one before the first. */
  readonly lastId: number;
  /** Adds an event, as the text that goes over the wire without its number. */
  push(text: string): void;
  /** Whether the event after this one is kept, or still to come. */
  canFollow(id: number): boolean;
  /** An event that is kept. */
  find(id: number): string | undefined;
}

/** How much a feed holds. */
export interface ChangeFeedLimits {
  /** How many events. */
  readonly limit: number;
  /** How many characters together; the newest event is kept whatever it has. */
  readonly maxCharacters: number;
}

/**
 * Makes an empty feed.
 *
 * @param startId - The number before the first event. A feed that begins at the time of day knows the numbers of an
 * earlier emulator at the same address for what they are: too old.
 */
export function createChangeFeed(startId: number, { limit, maxCharacters }: ChangeFeedLimits): ChangeFeed {
  const kept = new Map<number, string>();
  let lastId = startId;
  let characters = 0;

  return {
    get lastId() {
      return lastId;
    },
    push(text) {
      lastId += 1;
      kept.set(lastId, text);
      characters += text.length;
      for (const [id, { length }] of kept) {
        if (kept.size === 1 || (kept.size <= limit && characters <= maxCharacters)) break;
        kept.delete(id);
        characters -= length;
      }
    },
    canFollow: (id) => id === lastId || kept.has(id + 1),
    find: (id) => kept.get(id),
  };
}
