import { describe, expect, it } from 'vitest';
import { CHECK_FAILING_PHONE } from '../../../src/emulator/check/limits.ts';
import { check, createWork, idsOf, resultOf, SECRET } from './checking.ts';
import { anyCase } from './receivers/any-case.ts';
import { earlyAnswer } from './receivers/early-answer.ts';
import { hangs } from './receivers/hangs.ts';
import { noSignatureCheck } from './receivers/no-signature-check.ts';
import { noTolerance } from './receivers/no-tolerance.ts';
import { parsedBody } from './receivers/parsed-body.ts';
import type { BuildReceiver } from './receivers/parts.ts';
import { right } from './receivers/right.ts';
import { runsTwice } from './receivers/runs-twice.ts';
import { throwsOnUnknownEvents } from './receivers/throws-on-unknown-events.ts';

interface Expectation {
  readonly name: string;
  readonly build: BuildReceiver;
  readonly fail: readonly string[];
  readonly warn?: readonly string[];
  readonly skip?: readonly string[];
  /** What the advice of each failed line says. */
  readonly advice: string;
}

const receivers: readonly Expectation[] = [
  {
    name: 'signs the parsed body',
    build: parsedBody,
    fail: ['good-php', 'good-pretty'],
    warn: ['large'],
    advice: 'Never sign JSON.stringify(req.body)',
  },
  {
    name: 'checks no signature',
    build: noSignatureCheck,
    fail: [
      'wrong-secret',
      'missing-signature',
      'signature-trailing-junk',
      'signature-upper-case',
      'signature-truncated',
      'changed-body',
      'changed-timestamp',
    ],
    advice: 'Check the signature over the raw body before anything else',
  },
  {
    name: 'has no tolerance',
    build: noTolerance,
    fail: ['stale', 'future'],
    advice: 'refuse a timestamp more than five minutes from your clock',
  },
  {
    name: 'compares signatures in any case',
    build: anyCase,
    fail: ['signature-upper-case'],
    advice: 'before you compare: toLowerCase()',
  },
  {
    name: 'answers 200 before the handler has failed',
    build: earlyAnswer,
    fail: ['failing-handler'],
    skip: ['failed-again'],
    advice: 'Put the answer after the work',
  },
  {
    name: 'handles duplicates again',
    build: runsTwice,
    fail: ['duplicate-once', 'concurrent-once'],
    advice: '',
  },
  {
    name: 'answers 500 to unknown events',
    build: throwsOnUnknownEvents,
    fail: ['unknown-event'],
    advice: 'Answer 2xx to events you do not know',
  },
];

describe('check', () => {
  it('lets a right receiver pass everything', async () => {
    const { handle, countEffects } = createWork();
    const app = right({ secret: SECRET, handle });
    const report = await check(app, { countEffects, failingFrom: CHECK_FAILING_PHONE });
    expect(report.results.filter(({ status }) => status !== 'pass')).toEqual([]);
    expect(report.framework).toBe('express');
  });

  it.each(receivers)('fails exactly the right lines of a receiver that $name', async (expectation) => {
    const { build, fail, warn = [], skip = [], advice } = expectation;
    const { handle, countEffects } = createWork();
    const app = build({ secret: SECRET, handle });
    const report = await check(app, { countEffects, failingFrom: CHECK_FAILING_PHONE });
    expect(idsOf(report, 'fail')).toEqual(fail);
    expect(idsOf(report, 'warn')).toEqual(warn);
    expect(idsOf(report, 'skip')).toEqual(skip);
    expect(report.ok).toBe(false);
    for (const id of fail) expect(resultOf(report, id).advice).toContain(advice);
  });

  it('names express.json() where a receiver hangs behind it, and the line to change', async () => {
    const { handle } = createWork();
    const report = await check(hangs({ secret: SECRET, handle }), { timeoutMs: 500 });
    expect(idsOf(report, 'fail')).toEqual(['in-time']);
    expect(idsOf(report, 'pass')).toEqual(['reachable']);
    const { reason, advice } = resultOf(report, 'in-time');
    expect(reason).toContain('a JSON body parser is in front');
    expect(advice).toContain('express.json() stands above the webhook');
    expect(advice).toContain("Move app.post('/webhook', …) above app.use(express.json())");
    expect(resultOf(report, 'stale').reason).toBe('not run: see in-time');
  });

  it('tells a copy that comes later from one that comes at the same moment', async () => {
    const { handle, countEffects } = createWork();
    const report = await check(runsTwice({ secret: SECRET, handle }), { countEffects });
    expect(resultOf(report, 'duplicate').status).toBe('pass');
    expect(resultOf(report, 'duplicate-once').advice).toContain('Remember finished deliveries');
    expect(resultOf(report, 'concurrent-once').advice).toContain('in one atomic step');
  });
});
