import { parseArgs } from 'node:util';
import { type Sabotage, sabotages } from './sabotage.ts';

/** What a run is told. */
export interface ChaosOptions {
  /** How many events are delivered; as many sends are queued. */
  readonly events: number;
  /** Makes what is delivered, which process is killed and when, and the faults repeatable. */
  readonly seed: number;
  /** How often a process is killed. */
  readonly kills: number;
  /** How often Redis is killed and started again. */
  readonly redisRestarts: number;
  /** What is switched off, so that the count must find a fault. */
  readonly sabotage: Sabotage | undefined;
  /** Prints what the processes print. */
  readonly verbose: boolean;
}

const FULL = { events: 20_000, kills: 36, redisRestarts: 3 };
const SHORT = { events: 2_000, kills: 12, redisRestarts: 2 };
const MIN_EVENTS = 100;
const MAX_SEED = 2 ** 32 - 1;
const WHOLE_NUMBER = /^\d{1,10}$/u;

export const USAGE = `npm run chaos -- [--short] [--events ${FULL.events}] [--seed N] [--kills ${FULL.kills}] \
[--redis-restarts ${FULL.redisRestarts}] [--sabotage ${sabotages.join('|')}] [--prove] [--verbose]`;

/** @throws TypeError for what cannot be used. */
export function readOptions(args: readonly string[]): ChaosOptions & { readonly prove: boolean } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      short: { type: 'boolean', default: false },
      events: { type: 'string' },
      seed: { type: 'string' },
      kills: { type: 'string' },
      'redis-restarts': { type: 'string' },
      sabotage: { type: 'string' },
      prove: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
    },
  });

  function whole(
    name: 'events' | 'seed' | 'kills' | 'redis-restarts',
    fallback: number,
    min: number,
  ): number {
    const text = values[name];
    if (text === undefined) return fallback;
    const value = Number(text);
    if (!WHOLE_NUMBER.test(text) || value < min || value > MAX_SEED) {
      throw new TypeError(`--${name} ${text}: give a whole number from ${min}.`);
    }
    return value;
  }

  const sabotage = sabotages.find((known) => known === values.sabotage);
  if (values.sabotage !== undefined && sabotage === undefined) {
    throw new TypeError(`--sabotage ${values.sabotage}: give one of ${sabotages.join(', ')}.`);
  }
  const fallback = values.short ? SHORT : FULL;
  return {
    events: whole('events', fallback.events, MIN_EVENTS),
    seed: whole('seed', Date.now() % 1_000_000, 0),
    kills: whole('kills', fallback.kills, 0),
    redisRestarts: whole('redis-restarts', fallback.redisRestarts, 0),
    sabotage,
    verbose: values.verbose,
    prove: values.prove,
  };
}
