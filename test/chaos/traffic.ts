import { setTimeout as sleep } from 'node:timers/promises';
import { messageReceived, recipientOptedOut } from 'express-whatsapp-gateway/testing';
import type { createRandom } from '../../src/emulator/random.ts';
import type { Plan, PlannedEvent, PlannedOrder, Scene } from './plan.ts';
import type { Progress } from './progress.ts';
import { EVENT_ID_FIELD, type Stage } from './stage.ts';

/** How many scenes are played at once. */
const LANES = 48;
/** Events wait for the workers: what is killed then has work to lose. */
const MAX_BACKLOG = 300;
const LOOK_EVERY_MS = 100;
const SHIP_AGAIN_MS = 200;
const RACE_MS = 60;

type TrafficStage = Pick<Stage, 'gateway' | 'url' | 'queues'>;

async function deliver({ gateway }: TrafficStage, { kind, from, id }: PlannedEvent): Promise<void> {
  const fields = { instance_id: gateway.instanceId, from, [EVENT_ID_FIELD]: id };
  // Only told to the app: were the recipient suppressed at the gateway, it would hide what the app must not send.
  await gateway.deliver(kind === 'opt-out' ? recipientOptedOut(fields) : messageReceived(fields));
}

/** Calls the shop until it has taken the order, as its own caller would. */
async function ship({ url }: TrafficStage, { number, phone }: PlannedOrder): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/orders/${number}/shipped`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ phone }),
    }).catch(() => undefined);
    await response?.arrayBuffer().catch(() => undefined);
    if (response?.status === 202) return;
    await sleep(SHIP_AGAIN_MS);
  }
}

/** Plays the whole plan; resolves when every event had its first attempt and every order is taken. */
export async function playTraffic(
  stage: TrafficStage,
  { scenes }: Plan,
  { random, progress }: { readonly random: ReturnType<typeof createRandom>; readonly progress: Progress },
): Promise<void> {
  let isFull = false;
  let isOver = false;

  async function watchBacklog(): Promise<void> {
    while (!isOver) {
      const backlog = await stage.queues.backlog();
      if (backlog !== undefined) isFull = backlog > MAX_BACKLOG;
      await sleep(LOOK_EVERY_MS);
    }
  }

  async function play({ events, order }: Scene): Promise<void> {
    const shipped =
      order === undefined ? undefined : sleep(random() * RACE_MS).then(() => ship(stage, order));
    for (const event of events) {
      progress.begin();
      await deliver(stage, event);
    }
    await shipped;
  }

  // All lanes take from the same.
  const next = scenes.values();
  async function playInTurn(): Promise<void> {
    for (const scene of next) {
      while (isFull) await sleep(LOOK_EVERY_MS);
      await play(scene);
    }
  }

  const watching = watchBacklog();
  await Promise.all(Array.from({ length: LANES }, playInTurn));
  isOver = true;
  await watching;
}
