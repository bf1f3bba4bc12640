import type { Bench } from './harness/report.ts';

/** All benches in the order they run and are shown, each loaded only where it runs. */
export const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  verify: async () => (await import('./verify/verify.ts')).verify,
  request: async () => (await import('./request/request.ts')).request,
  send: async () => (await import('./send/send.ts')).send,
  load: async () => (await import('./load/load.ts')).load,
  memory: async () => (await import('./memory/memory.ts')).memory,
  growth: async () => (await import('./growth/growth.ts')).growth,
  'queues-sending': async () => (await import('./queues/sending.ts')).sending,
  'queues-receiving': async () => (await import('./queues/receiving.ts')).receiving,
  'queues-processes': async () => (await import('./queues/processes.ts')).processes,
};
