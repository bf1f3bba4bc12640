import type { EmulatorChange } from './model.ts';

/** Tells whoever listens what has changed. */
export interface Feed {
  /** Calls back with every change from now on. @returns what ends that. */
  subscribe(listener: (change: EmulatorChange) => void): () => void;
  /** Tells everybody, in the order in which they subscribed. */
  emit(change: EmulatorChange): void;
}

/** Makes a feed to which nobody listens yet. */
export function createFeed(): Feed {
  const listeners = new Set<{ readonly call: (change: EmulatorChange) => void }>();
  return {
    subscribe(call) {
      const entry = { call };
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    emit(change) {
      for (const { call } of [...listeners]) {
        try {
          call(change);
        } catch (error) {
          // Thrown where it ends neither the send nor the delivery that it was told of, and yet is seen.
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
  };
}
