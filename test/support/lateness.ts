/**
 * How much later than a plain timer of the same length something ends, in milliseconds, so that a busy machine, which
 * makes both late, is not blamed on it. Negative where it ends before it is due.
 */
export async function latenessMs(dueMs: number, run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  const plain = new Promise<number>((resolve) => {
    setTimeout(() => resolve(performance.now() - startedAt), dueMs);
  });
  await run();
  const tookMs = performance.now() - startedAt;
  return tookMs < dueMs ? tookMs - dueMs : Math.max(0, tookMs - (await plain));
}
