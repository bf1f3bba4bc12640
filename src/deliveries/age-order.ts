/** What an {@link AgeOrder} keeps of itself in an entry. */
export interface Aged<Entry extends Aged<Entry>> {
  /** The order that it is in at the moment: one at most. */
  order: AgeOrder<Entry> | undefined;
  older: Entry | undefined;
  newer: Entry | undefined;
}

/** Entries by the time when they were added, as a doubly linked list: each step costs the same however many there are. */
export class AgeOrder<Entry extends Aged<Entry>> {
  #oldest: Entry | undefined;
  #newest: Entry | undefined;

  /** The entry that was added longest ago, or `undefined` where there is none. */
  get oldest(): Entry | undefined {
    return this.#oldest;
  }

  /** From the oldest on; the entry at hand may be removed. */
  *[Symbol.iterator](): Generator<Entry, void> {
    for (let entry = this.#oldest, newer: Entry | undefined; entry !== undefined; entry = newer) {
      newer = entry.newer;
      yield entry;
    }
  }

  /** Adds an entry that is in no order. */
  add(entry: Entry): void {
    const before = this.#newest;
    if (before === undefined) this.#oldest = entry;
    else before.newer = entry;
    entry.older = before;
    entry.order = this;
    this.#newest = entry;
  }

  /** Removes one of its entries. */
  remove(entry: Entry): void {
    const { older, newer } = entry;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    entry.older = undefined;
    entry.newer = undefined;
    entry.order = undefined;
  }
}
