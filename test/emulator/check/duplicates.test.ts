import express, { type Express } from 'express';
import { describe, expect, it } from 'vitest';
import { check, createWork, idsOf, resultOf, SECRET, type Work } from './checking.ts';
import { headersOf, isFresh, sign } from './receivers/parts.ts';

interface Copies {
  readonly busy: Set<string>;
  readonly done: Set<string>;
}

/** A receiver that is right but for the status it answers by what it knows of a copy. */
function receiverThat(
  { handle }: Work,
  answerTo: (key: string, copies: Copies) => number | undefined,
): Express {
  const copies: Copies = { busy: new Set(), done: new Set() };
  const app = express();
  app.post('/webhook', express.raw({ type: '*/*', limit: '1mb' }), async (req, res) => {
    const { timestamp, signature } = headersOf(req);
    if (signature !== sign(SECRET, timestamp, req.body) || !isFresh(timestamp)) {
      res.sendStatus(401);
      return;
    }
    const status = answerTo(signature, copies);
    if (status === undefined) {
      copies.busy.add(signature);
      await handle(JSON.parse(req.body));
      copies.done.add(signature);
    }
    res.sendStatus(status ?? 200);
  });
  return app;
}

describe('the probes of copies', () => {
  it('see a race between looking and remembering, which copies one after the other do not show', async () => {
    const work = createWork();
    const app = receiverThat(work, (key, { done }) => (done.has(key) ? 200 : undefined));
    const report = await check(app, { countEffects: work.countEffects });
    expect(idsOf(report, 'fail')).toEqual(['concurrent-once']);
    expect(resultOf(report, 'concurrent-once').advice).toContain('in one atomic step');
  });

  it('fail a receiver that takes a finished copy for an error', async () => {
    const work = createWork();
    const app = receiverThat(work, (key, { done, busy }) => {
      if (done.has(key)) return 409;
      return busy.has(key) ? 503 : undefined;
    });
    const report = await check(app, { countEffects: work.countEffects });
    expect(idsOf(report, 'fail')).toEqual(['duplicate']);
    expect(resultOf(report, 'duplicate').advice).toContain('answer 2xx');
  });

  it('fail a receiver that crashes where two copies meet', async () => {
    const work = createWork();
    const app = receiverThat(work, (key, { done, busy }) => {
      if (done.has(key)) return 200;
      return busy.has(key) ? 500 : undefined;
    });
    const report = await check(app, { countEffects: work.countEffects });
    expect(idsOf(report, 'fail')).toEqual(['concurrent']);
    expect(resultOf(report, 'concurrent').reason).toContain('answered 500');
  });

  it.each([200, 409, 503])('allow %i for the second of two that meet', async (status) => {
    const work = createWork();
    const app = receiverThat(work, (key, { done, busy }) => {
      if (done.has(key)) return 200;
      return busy.has(key) ? status : undefined;
    });
    const report = await check(app, { countEffects: work.countEffects });
    expect(idsOf(report, 'fail')).toEqual([]);
  });
});
