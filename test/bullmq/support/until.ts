import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 15;
const LONGEST_MS = 60_000;

/** Waits for what only Redis knows, by asking again and again. */
export async function until(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  longestMs = LONGEST_MS,
): Promise<void> {
  const giveUpAt = performance.now() + longestMs;
  while (!(await isTrue())) {
    if (performance.now() > giveUpAt) throw new Error(`It never came true that ${what}.`);
    await sleep(EVERY_MS);
  }
}
