/**
 * Finds the oldest entry of a Map again and again while entries come at its end and go anywhere. A new walk each time
 * would step over all that were deleted at its beginning since the Map last grew, and that is thousands in a full one.
 */
export class Oldest<Key, Value> {
  readonly #map: ReadonlyMap<Key, Value>;
  #walk: Iterator<[Key, Value], undefined> | undefined;
  #head: [Key, Value] | undefined;

  constructor(map: ReadonlyMap<Key, Value>) {
    this.#map = map;
  }

  /** The entry that was set longest ago, or `undefined` in an empty Map. */
  find(): readonly [Key, Value] | undefined {
    // Deleted since, or set again, and then it is another value at another place.
    while (this.#head === undefined || this.#map.get(this.#head[0]) !== this.#head[1]) {
      if (this.#map.size === 0) {
        this.#walk = undefined;
        this.#head = undefined;
        return undefined;
      }
      this.#walk ??= this.#map.entries();
      const next = this.#walk.next();
      // A walk that came to its end stays there, whatever is set later.
      if (next.done) this.#walk = undefined;
      this.#head = next.value;
    }
    return this.#head;
  }
}
