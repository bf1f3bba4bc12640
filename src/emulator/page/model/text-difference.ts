/** A stretch of two texts that is the same in both, or not. */
export interface Stretch {
  readonly text: string;
  readonly same: boolean;
}

/** Cuts a text into stretches that stand, character by character, in the other text too, or do not. */
export function markDifference(text: string, other: string): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let start = 0;
  for (let at = 1; at <= text.length; at += 1) {
    const same = text[at - 1] === other[at - 1];
    const nextSame = at < text.length ? text[at] === other[at] : !same;
    if (same !== nextSame) {
      stretches.push({ text: text.slice(start, at), same });
      start = at;
    }
  }
  return stretches;
}

/** The place, counted from 1, where two texts first differ; `null` when they are equal. */
export function firstDifference(text: string, other: string): number | null {
  if (text === other) return null;
  const shorter = Math.min(text.length, other.length);
  for (let at = 0; at < shorter; at += 1) {
    if (text[at] !== other[at]) return at + 1;
  }
  return shorter + 1;
}
