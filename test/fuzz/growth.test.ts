import { describe, expect, it } from 'vitest';
import type { Campaign } from './campaign.ts';
import { heldBytes, judgeGrowth, type Sample } from './growth.ts';
import { runCampaign } from './run-campaign.ts';
import { realSubject } from './subject.ts';

const MIB = 1_048_576;

function samples(count: number, bytesAt: (index: number) => number): Sample[] {
  return Array.from({ length: count }, (_, index) => ({ runs: index * 100, bytes: bytesAt(index) }));
}

describe('the look at memory', () => {
  it('says nothing of few samples', () => {
    expect(judgeGrowth(samples(8, (index) => index * 100 * MIB))).toBeUndefined();
  });

  it('sees memory that is held more and more', () => {
    expect(judgeGrowth(samples(30, (index) => 50 * MIB + index * MIB))).toMatchObject({ grows: true });
  });

  it.each([
    ['noise', (index: number) => 50 * MIB + (index % 3) * 20 * MIB],
    ['a warm-up', (index: number) => Math.min(index, 9) * 20 * MIB],
    ['single peaks', (index: number) => (index % 11 === 10 ? 500 * MIB : 50 * MIB)],
    ['memory that is given back', (index: number) => 90 * MIB - index * MIB],
  ])('takes %s for no growth', (_name, bytesAt) => {
    expect(judgeGrowth(samples(30, bytesAt))).toMatchObject({ grows: false });
  });

  it('counts what is held, buffers too, and no garbage', async () => {
    const before = await heldBytes();
    const held = Array.from({ length: 20 }, () => Buffer.alloc(MIB));
    expect((await heldBytes()) - before).toBeGreaterThan(19 * MIB);
    held.length = 0;
    expect((await heldBytes()) - before).toBeLessThan(5 * MIB);
  });

  it('is taken while a campaign runs, and finds one that keeps what it was sent', {
    timeout: 60_000,
  }, async () => {
    const kept: Buffer[] = [];
    const leaking: Campaign = {
      name: 'leaking',
      shortRuns: 1,
      batchRuns: 1,
      start: async () => ({
        check: async () => {
          kept.push(Buffer.alloc(4 * MIB));
          await new Promise((resolve) => setTimeout(resolve, 5));
          return { runs: 1, failure: undefined };
        },
      }),
    };
    const setting = { subject: realSubject, settleMs: 1_000 };
    const budget = { seed: 1, runs: 15, memory: true, sampleEveryMs: 0 };
    expect((await runCampaign(leaking, setting, budget)).growth).toMatchObject({ grows: true });
  });
});
