import { describe, expect, it } from 'vitest';
import { campaigns } from './campaigns/index.ts';
import { runCampaign } from './run-campaign.ts';
import { realSubject } from './subject.ts';

/** Fixed, so that a failure here is one on every machine; `npm run fuzz` draws another each time. */
const SEED = 20_260_508;
const SETTLE_MS = 15_000;

describe(`a short campaign with seed ${SEED}`, () => {
  it.each(campaigns)('of $name finds nothing', { timeout: 60_000 }, async (campaign) => {
    const setting = { subject: realSubject, settleMs: SETTLE_MS };
    const { runs, failure } = await runCampaign(campaign, setting, { seed: SEED, runs: campaign.shortRuns });
    expect(failure).toBeUndefined();
    expect(runs).toBe(campaign.shortRuns);
  });
});
