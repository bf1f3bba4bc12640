import { setTimeout as sleep } from 'node:timers/promises';
import type { Crashes } from './crashes.ts';
import type { Sabotage } from './sabotage.ts';
import type { Stage } from './stage.ts';

type CrashStage = Pick<Stage, 'parts' | 'gateway' | 'queues'>;

const ROUNDS = 3;
const LOOK_EVERY_MS = 20;
/** Half of the time that it stands still: enough to be killed in. */
const BEGUN_WITHIN_MS = 1_000;
const GIVE_UP_AFTER_MS = 60_000;

/** Resolves when the gateway has taken a message; its answer takes a while. */
function untilMessageTaken({ gateway }: CrashStage): Promise<void> {
  return new Promise((resolve) => {
    const stop = gateway.subscribe(({ type }) => {
      if (type !== 'message') return;
      stop();
      resolve();
    });
  });
}

/** Resolves when a send that lost its worker so often stands still with another one, before its intent is recorded. */
async function untilBeforeIntent({ queues }: CrashStage, timesLost: number): Promise<void> {
  const giveUpAt = performance.now() + GIVE_UP_AFTER_MS;
  while (!(await queues.hasLostOrderBeforeIntent(timesLost, BEGUN_WITHIN_MS))) {
    if (performance.now() > giveUpAt) throw new Error('No send came to where its worker is to be killed.');
    await sleep(LOOK_EVERY_MS);
  }
}

/** Kills the send workers just where what is switched off would have helped, so that every run finds the fault. */
export async function crashSabotaged(stage: CrashStage, sabotage: Sabotage): Promise<Crashes> {
  const workers = stage.parts.filter(({ name }) => name.startsWith('send-worker'));
  const kills = new Map(stage.parts.map(({ name }) => [name, 0]));

  async function killBoth(): Promise<void> {
    await Promise.all(workers.map((worker) => worker.crash()));
    for (const { name } of workers) kills.set(name, (kills.get(name) ?? 0) + 1);
    await Promise.all(workers.map((worker) => worker.ready()));
  }

  for (let round = 0; sabotage === 'intents' && round < ROUNDS; round += 1) {
    await untilMessageTaken(stage);
    await killBoth();
  }
  for (const timesLost of sabotage === 'max-stalled' ? [0, 1] : []) {
    await untilBeforeIntent(stage, timesLost);
    await killBoth();
  }
  return { kills, redisRestarts: 0 };
}
