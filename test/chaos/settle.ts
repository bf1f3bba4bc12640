import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from './stage.ts';

const LOOK_EVERY_MS = 250;
/** Longer than any lease, lock or pause. */
const GIVE_UP_AFTER_MS = 120_000;

/**
 * Waits until every delivery has ended and both queues are empty. Where nothing moves any more it returns, too: what is
 * not over by then is for the count to find.
 */
export async function settle({ gateway, queues }: Pick<Stage, 'gateway' | 'queues'>): Promise<void> {
  let last = '';
  let movedAt = performance.now();
  while (performance.now() - movedAt < GIVE_UP_AFTER_MS) {
    const pending = gateway.deliveries.filter(({ state }) => state === 'pending').length;
    const backlog = await queues.backlog();
    if (pending === 0 && backlog === 0) return;
    const now = `${pending} ${backlog}`;
    if (now !== last) movedAt = performance.now();
    last = now;
    await sleep(LOOK_EVERY_MS);
  }
}
