/** The newest records of one kind, as many as there is room for. */
export interface History<Item> {
  /** All that are kept, oldest first, as of now. */
  all(): readonly Item[];
  /** The one of this id, if it is kept. */
  find(id: string): Item | undefined;
  /** Adds one under its id, or says that it has grown; the oldest go until the rest fits. */
  put(id: string, item: Item): void;
  /** Forgets all of them. */
  clear(): void;
}

/** How much a history holds. */
export interface HistoryLimits<Item> {
  /** How many records. */
  readonly limit: number;
  /** How many bytes together; the newest record is kept whatever it has. */
  readonly maxBytes: number;
  /** About how many bytes one has. */
  readonly sizeOf: (item: Item) => number;
}

/** Makes an empty history. */
export function createHistory<Item>({ limit, maxBytes, sizeOf }: HistoryLimits<Item>): History<Item> {
  const kept = new Map<string, { readonly item: Item; readonly size: number }>();
  let bytes = 0;

  return {
    all: () => Array.from(kept.values(), ({ item }) => item),
    find: (id) => kept.get(id)?.item,
    put(id, item) {
      const size = sizeOf(item);
      bytes += size - (kept.get(id)?.size ?? 0);
      kept.set(id, { item, size });
      for (const [oldest, { size: freed }] of kept) {
        if (kept.size === 1 || (kept.size <= limit && bytes <= maxBytes)) break;
        kept.delete(oldest);
        bytes -= freed;
      }
    },
    clear() {
      kept.clear();
      bytes = 0;
    },
  };
}
