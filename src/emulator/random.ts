const INCREMENT = 0x6d2b79f5;
const TWO_TO_32 = 2 ** 32;

/**
 * Makes a source of numbers from 0 up to but not including 1 that are the same for the same seed: mulberry32, by
 * Tommy Ettinger, in the public domain. For chance that can be repeated, never for secrets.
 */
export function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + INCREMENT) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / TWO_TO_32;
  };
}
