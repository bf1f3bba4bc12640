import { memoryDeliveryStore } from '../../src/deliveries/memory.ts';
import type { DeliveryStore } from '../../src/deliveries/store.ts';

/** A memory store that writes down which steps were taken. */
export interface RecordingStore extends DeliveryStore {
  readonly steps: string[];
}

export function recordingStore(overrides: Partial<DeliveryStore> = {}): RecordingStore {
  const store: DeliveryStore = { ...memoryDeliveryStore(), ...overrides };
  const steps: string[] = [];
  return {
    steps,
    claim(...step) {
      steps.push('claim');
      return store.claim(...step);
    },
    complete(...step) {
      steps.push('complete');
      return store.complete(...step);
    },
    release(...step) {
      steps.push('release');
      return store.release(...step);
    },
  };
}
