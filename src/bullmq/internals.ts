import type { Intents } from './intents.ts';
import type { Pause } from './pause.ts';

/**
 * What tests change and nobody else should: times short enough to wait for, and intents that are switched off, to
 * show that tests find the double send then. Given as an option under this symbol, which no type and no page names.
 */
export const INTERNALS: unique symbol = Symbol.for('express-whatsapp-gateway.bullmq.internals') as never;

/** What can be changed under {@link INTERNALS}. */
export interface Internals {
  /** How long a worker that says nothing still owns its job. */
  readonly lockMs?: number;
  /** How often jobs of lost workers are looked for. */
  readonly stalledMs?: number;
  /** How often BullMQ lets a job be taken from a lost worker. */
  readonly maxStalledCount?: number;
  /** Stands between the worker and the intents in Redis. */
  readonly intents?: (real: Intents) => Intents;
  /** Stands between the worker and the pause in Redis: for a gateway whose clock runs faster. */
  readonly pause?: (real: Pause) => Pause;
}

export function readInternals(options: object): Internals {
  return (options as { readonly [INTERNALS]?: Internals })[INTERNALS] ?? {};
}
