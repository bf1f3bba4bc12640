import { describe, expect, it } from 'vitest';
import { probes, renderJson, renderJunit, renderText, runCheck } from '../../../src/emulator/check/index.ts';
import { serve } from '../../support/server.ts';
import { check, resultOf } from './checking.ts';

const IDS = [
  'reachable',
  'in-time',
  'no-redirect',
  'good-js',
  'good-php',
  'good-pretty',
  'arabic-and-emoji',
  'known-events',
  'unknown-event',
  'unknown-field',
  'from-without-plus',
  'timestamp-seconds',
  'timestamp-milliseconds',
  'wrong-secret',
  'missing-signature',
  'signature-trailing-junk',
  'signature-upper-case',
  'signature-truncated',
  'changed-body',
  'changed-timestamp',
  'stale',
  'future',
  'large',
  'slow',
  'chunked',
  'duplicate',
  'duplicate-once',
  'concurrent',
  'concurrent-once',
  'failing-handler',
  'failed-again',
];
const URL_TEXT = /^http:\/\/127\.0\.0\.1:\d+\/webhook$/u;
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/u;

describe('the probes', () => {
  it('have ids that stay, in an order that stays', () => {
    expect(probes.map(({ id }) => id)).toEqual(IDS);
  });
});

describe('a report', () => {
  it('has all probes in their order, also where none could run, in a shape that stays', async () => {
    const report = await check((_, response) => response.writeHead(404).end('\u001b[2J<none>\u202e'));
    expect(report.results.map(({ id }) => id)).toEqual(IDS);
    expect(report).toEqual({
      version: 1,
      url: expect.stringMatching(URL_TEXT),
      framework: 'other',
      startedAt: expect.stringMatching(ISO),
      durationMs: expect.any(Number),
      ok: false,
      counts: { pass: 3, fail: 1, warn: 0, skip: 27 },
      results: expect.any(Array),
    });
    expect(report.results[3]).toEqual({
      id: 'good-js',
      group: 'good',
      title: 'A good delivery is taken, as JSON.stringify writes it',
      status: 'fail',
      reason: 'answered 404 [2J<none>; wanted is a 2xx',
      advice: expect.stringContaining('Nothing takes a POST at /webhook'),
      answers: [{ status: 404, text: 'answered 404 [2J<none>', durationMs: expect.any(Number) }],
      durationMs: expect.any(Number),
    });
    for (const text of [renderText(report), renderJson(report), renderJunit(report)]) {
      expect(text).not.toContain('\u001b');
      expect(text).not.toContain('\u202e');
    }
  });

  it('shows what a page of HTML says without its tags', async () => {
    const report = await check((_, response) => {
      response.writeHead(500, { 'content-type': 'text/html' }).end('<html><body><pre>It broke</pre></html>');
    });
    expect(resultOf(report, 'good-js').reason).toBe('answered 500 It broke; wanted is a 2xx');
    expect(resultOf(report, 'good-js').advice).toContain('The app failed on a good delivery');
  });

  it('shows no user name and no password of the address', async () => {
    const authorizations: unknown[] = [];
    const { port } = await serve((request, response) => {
      authorizations.push(request.headers.authorization);
      response.writeHead(404).end();
    });
    const report = await runCheck({ url: `http://me:hidden@127.0.0.1:${port}/`, secret: 'whsec_x' });
    expect(authorizations).toEqual([`Basic ${btoa('me:hidden')}`]);
    expect(report.url).toBe(`http://127.0.0.1:${port}/`);
  });
});
