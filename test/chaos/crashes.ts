import { setTimeout as sleep } from 'node:timers/promises';
import type { PartProcess } from '../../examples/many-machines/demo/part-process.ts';
import type { createRandom } from '../../src/emulator/random.ts';
import type { ChaosOptions } from './options.ts';
import { shuffle } from './plan.ts';
import type { Progress } from './progress.ts';
import type { Stage } from './stage.ts';

type Random = ReturnType<typeof createRandom>;

/** What was killed. */
export interface Crashes {
  /** Of each process, by its name. */
  readonly kills: ReadonlyMap<string, number>;
  readonly redisRestarts: number;
}

/** A process is killed when so many of the events are begun, and so many milliseconds have gone by since. */
interface Moment {
  readonly at: number;
  readonly afterMs: number;
}

const FIRST = 0.02;
const LAST = 0.9;
/**
 * A web process leaves claims behind whose lease takes 40 seconds to end: in a short run they are killed early, so that
 * the run does not only wait.
 */
const LAST_OF_WEB_IN_SHORT_RUNS = 0.35;
const LONG_RUN = 10_000;
const MAX_AFTER_MS = 500;
const REDIS_AWAY_MS = { min: 300, max: 1_500 };

function moments(count: number, events: number, last: number, random: Random): Moment[] {
  const some = Array.from({ length: count }, () => ({
    at: Math.floor(events * (FIRST + random() * (last - FIRST))),
    afterMs: random() * MAX_AFTER_MS,
  }));
  return some.sort((a, b) => a.at - b.at);
}

/** Kills processes and Redis at random moments while the events go on; resolves when all of that is done. */
export async function crashAtRandom(
  { parts, redis }: Pick<Stage, 'parts' | 'redis'>,
  { events, kills: killCount, redisRestarts: restartCount }: ChaosOptions,
  { random, progress }: { readonly random: Random; readonly progress: Progress },
): Promise<Crashes> {
  const kills = new Map(parts.map(({ name }) => [name, 0]));
  let redisRestarts = 0;

  async function killAt(part: PartProcess, { at, afterMs }: Moment): Promise<void> {
    await progress.reach(at);
    await sleep(afterMs);
    // One that is starting has nothing to lose yet.
    await part.ready();
    await part.crash();
    kills.set(part.name, (kills.get(part.name) ?? 0) + 1);
  }

  async function restartAt({ at, afterMs }: Moment, awayMs: number): Promise<void> {
    await progress.reach(at);
    await sleep(afterMs);
    await redis.halt('SIGKILL');
    await sleep(awayMs);
    await redis.start();
    redisRestarts += 1;
  }

  const killing = shuffle(parts, random).map(async (part, index) => {
    // Each process as often as any other.
    const count = Math.ceil((killCount - index) / parts.length);
    const isEarly = part.name.startsWith('web') && events < LONG_RUN;
    for (const moment of moments(count, events, isEarly ? LAST_OF_WEB_IN_SHORT_RUNS : LAST, random)) {
      await killAt(part, moment);
    }
  });

  const restarts = moments(restartCount, events, LAST, random);
  async function restartRedis(): Promise<void> {
    for (const moment of restarts) {
      const { min, max } = REDIS_AWAY_MS;
      await restartAt(moment, min + random() * (max - min));
    }
  }
  await Promise.all([...killing, restartRedis()]);
  return { kills, redisRestarts };
}
