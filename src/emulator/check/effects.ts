import { setTimeout as wait } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import { CHECK_EFFECTS_SETTLE_MS, CHECK_EFFECTS_TIMEOUT_MS } from './limits.ts';

/** Counts what the app does for one customer. */
export interface EffectsMeter {
  /** Waits for a first new effect and then until no more come; answers how many came since the last call. */
  read(): Promise<number>;
  /** Waits until no more come, without waiting for a first one; answers how many came since the last call. */
  readRest(): Promise<number>;
}

const POLL_MS = 25;

/** Starts to count at this moment. `undefined` where nothing counts. */
export async function startMeter({ config, phone }: Bench): Promise<EffectsMeter | undefined> {
  const { countEffects } = config;
  if (countEffects === undefined) return undefined;
  const count = countEffects;

  async function now(): Promise<number> {
    const effects = await count(phone);
    if (Number.isFinite(effects)) return effects;
    throw new TypeError(`countEffects answered ${typeof effects} where a number was due.`);
  }

  let known = await now();

  async function readRest(): Promise<number> {
    const before = known;
    let settledAt = Date.now() + CHECK_EFFECTS_SETTLE_MS;
    while (Date.now() < settledAt) {
      await wait(POLL_MS);
      const effects = await now();
      if (effects === known) continue;
      known = effects;
      settledAt = Date.now() + CHECK_EFFECTS_SETTLE_MS;
    }
    return known - before;
  }

  return {
    readRest,
    async read() {
      const giveUpAt = Date.now() + CHECK_EFFECTS_TIMEOUT_MS;
      while ((await now()) === known) {
        if (Date.now() >= giveUpAt) return 0;
        await wait(POLL_MS);
      }
      return readRest();
    },
  };
}
