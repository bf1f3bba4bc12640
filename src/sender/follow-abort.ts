const followers = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Follows a caller's signal with one listener for all sends that follow it: Node warns of a leak from the eleventh
 * on, and an app that shuts down by one signal has many sends in flight.
 *
 * @returns a function that ends it; the last one takes the listener away.
 */
export function followAbort(signal: AbortSignal, onAbort: () => void): () => void {
  const own = (): void => onAbort();
  const all = followers.get(signal) ?? new Set();
  all.add(own);
  followers.set(signal, all);
  // A listener that is there already is not added again.
  signal.addEventListener('abort', tell);
  return () => {
    all.delete(own);
    if (all.size > 0 || followers.get(signal) !== all) return;
    followers.delete(signal);
    signal.removeEventListener('abort', tell);
  };
}

function tell(this: AbortSignal): void {
  for (const follower of [...(followers.get(this) ?? [])]) follower();
}
