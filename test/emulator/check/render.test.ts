import { describe, expect, it } from 'vitest';
import {
  type CheckReport,
  exitCodeOf,
  type ProbeResult,
  renderJson,
  renderJunit,
  renderText,
} from '../../../src/emulator/check/index.ts';

const passed: ProbeResult = {
  id: 'reachable',
  group: 'connection',
  title: 'The app listens at the address',
  status: 'pass',
  reason: 'a connection was made',
  advice: null,
  answers: [{ status: 200, text: 'answered 200 ok', durationMs: 4 }],
  durationMs: 12,
};

const refused = {
  group: 'refused',
  answers: [],
  durationMs: 7,
  advice: 'Check the signature & answer 401.',
} as const;

const report: CheckReport = {
  version: 1,
  url: 'http://127.0.0.1:3000/webhook?a=1&b=2',
  framework: 'express',
  startedAt: '2026-05-08T10:00:00.000Z',
  durationMs: 1234,
  ok: false,
  counts: { pass: 1, fail: 2, warn: 1, skip: 1 },
  results: [
    passed,
    { ...refused, id: 'wrong-secret', title: 'Refused', status: 'fail', reason: 'answered 200 <b>"ok"</b>' },
    { ...refused, id: 'missing-signature', title: 'Also refused', status: 'fail', reason: 'answered 200' },
    {
      id: 'large',
      group: 'body',
      title: 'Large',
      status: 'warn',
      reason: 'answered 413 \u0001\ud800',
      advice: 'Raise the limit.',
      answers: [],
      durationMs: 0,
    },
    {
      id: 'failed-again',
      group: 'failures',
      title: "It's tried anew",
      status: 'skip',
      reason: 'not run',
      advice: null,
      answers: [],
      durationMs: 0,
    },
  ],
};

describe('renderText', () => {
  it('gives each probe a line, and those that did not pass the reason and the advice, once', () => {
    expect(renderText(report)).toBe(`Checking http://127.0.0.1:3000/webhook?a=1&b=2

Connection
  pass  The app listens at the address (reachable)

Bad deliveries
  FAIL  Refused (wrong-secret)
        answered 200 <b>"ok"</b>
        → Check the signature & answer 401.
  FAIL  Also refused (missing-signature)
        answered 200
        → as for wrong-secret

Large, slow and chunked
  warn  Large (large)
        answered 413 \u0001\ud800
        → Raise the limit.

Failing handlers
  skip  It's tried anew (failed-again)
        not run

NOT OK  1 passed, 2 failed, 1 warning, 1 skipped in 1.2 s
`);
  });

  it('gives a group of which nothing was run a single line', () => {
    const skipped = { ...passed, group: 'body', status: 'skip', reason: 'not run: see reachable' } as const;
    const text = renderText({ ...report, results: [skipped, { ...skipped, id: 'slow' }] });
    expect(text).toContain('Large, slow and chunked\n  skip  2 probes not run: see reachable\n\n');
  });

  it('uses colours only when told to', () => {
    const ESC = '\u001b';
    expect(renderText(report, { color: false })).not.toContain(ESC);
    const colored = renderText(report, { color: true });
    expect(colored).toContain(`${ESC}[31mFAIL${ESC}[0m`);
    expect(colored).toContain(`${ESC}[32mpass${ESC}[0m`);
    const plain = ['0', '1', '31', '32', '33', '90'].reduce(
      (text, code) => text.replaceAll(`${ESC}[${code}m`, ''),
      colored,
    );
    expect(plain).toBe(renderText(report));
  });

  it('says OK where nothing failed', () => {
    const good: CheckReport = {
      ...report,
      ok: true,
      counts: { pass: 1, fail: 0, warn: 0, skip: 0 },
      results: [passed],
    };
    expect(renderText(good)).toContain('OK  1 passed, 0 failed, 0 warnings, 0 skipped in 1.2 s');
    expect(renderText(good)).not.toContain('NOT OK');
  });
});

describe('renderJson', () => {
  it('is the report itself, on lines, with a line break at the end', () => {
    const json = renderJson(report);
    expect(JSON.parse(json)).toEqual(report);
    expect(json.endsWith('}\n')).toBe(true);
  });
});

describe('renderJunit', () => {
  it('writes failures, skipped ones and warnings, and escapes what XML cannot hold', () => {
    expect(renderJunit(report)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="5" failures="2" errors="0" skipped="1" time="1.234">
  <testsuite name="whatsapp-gateway-emulator check" tests="5" failures="2" errors="0" skipped="1" time="1.234" timestamp="2026-05-08T10:00:00.000Z">
    <properties><property name="url" value="http://127.0.0.1:3000/webhook?a=1&amp;b=2"/></properties>
    <testcase classname="whatsapp-gateway-emulator check.connection" name="reachable: The app listens at the address" time="0.012"/>
    <testcase classname="whatsapp-gateway-emulator check.refused" name="wrong-secret: Refused" time="0.007">
      <failure message="answered 200 &lt;b&gt;&quot;ok&quot;&lt;/b&gt;">Check the signature &amp; answer 401.</failure>
    </testcase>
    <testcase classname="whatsapp-gateway-emulator check.refused" name="missing-signature: Also refused" time="0.007">
      <failure message="answered 200">Check the signature &amp; answer 401.</failure>
    </testcase>
    <testcase classname="whatsapp-gateway-emulator check.body" name="large: Large" time="0.000">
      <system-out>warning: answered 413 \ufffd\ufffd - Raise the limit.</system-out>
    </testcase>
    <testcase classname="whatsapp-gateway-emulator check.failures" name="failed-again: It&apos;s tried anew" time="0.000">
      <skipped message="not run"/>
    </testcase>
  </testsuite>
</testsuites>
`);
  });
});

describe('exitCodeOf', () => {
  it('is 1 where a probe failed, and 0 where others only warn or were skipped', () => {
    expect(exitCodeOf(report)).toBe(1);
    expect(exitCodeOf({ ...report, ok: true })).toBe(0);
  });
});
