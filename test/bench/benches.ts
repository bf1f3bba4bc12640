import type { Bench } from './harness/report.ts';

/** All benches in the order they run and are shown, each loaded only where it runs. */
export const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  verify: async () => (await import('./verify/verify.ts')).verify,
  'queues-sending': async () => (await import('./queues/sending.ts')).sending,
  'queues-receiving': async () => (await import('./queues/receiving.ts')).receiving,
  'queues-processes': async () => (await import('./queues/processes.ts')).processes,
};
