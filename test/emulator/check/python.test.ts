import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CheckReport, renderJunit, runCheck } from '../../../src/emulator/check/index.ts';
import { check, idsOf, resultOf, SECRET } from './checking.ts';

const SCRIPT = fileURLToPath(new URL('receivers/receiver.py', import.meta.url));

const COUNT_CASES = `
import sys, xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
print(*(len(root.findall(".//" + name)) for name in ("testcase", "failure", "skipped")))
`;

/** Why no Python can be used here, or `undefined` where one can. In CI nothing may be missing. */
function whyNoPython(): string | undefined {
  if (spawnSync('python3', ['--version']).status === 0) return undefined;
  const reason = 'there is no python3';
  if (process.env.CI) throw new Error(`In CI no test may be skipped, but ${reason}.`);
  return reason;
}

const noPython = whyNoPython();
if (noPython) console.warn(`Skipped, the receiver in Python: ${noPython}.`);

async function checkPython(...args: string[]): Promise<CheckReport> {
  const python = spawn('python3', [SCRIPT, SECRET, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    python.kill();
  });
  const [port] = await once(python.stdout, 'data');
  return runCheck({ url: `http://127.0.0.1:${String(port).trim()}/webhook`, secret: SECRET });
}

describe.skipIf(noPython !== undefined)("a receiver with Python's standard library", () => {
  it('passes everything that can be seen from outside', async () => {
    const report = await checkPython();
    expect(report.results.filter(({ status }) => status !== 'pass' && status !== 'skip')).toEqual([]);
    const unseen = ['duplicate-once', 'concurrent-once', 'failing-handler', 'failed-again'];
    expect(idsOf(report, 'skip')).toEqual(unseen);
    expect(report.framework).toBe('other');
  });

  it('reads the JUnit report as XML', async () => {
    const report = await check((_, response) => response.writeHead(404).end('<a b="1">&\u0007]]></a>'));
    const counted = spawnSync('python3', ['-c', COUNT_CASES], {
      input: renderJunit(report),
      encoding: 'utf8',
    });
    expect(counted.stderr).toBe('');
    expect(counted.stdout.trim()).toBe(
      `${report.results.length} ${report.counts.fail} ${report.counts.skip}`,
    );
  });

  it('is told that it writes the body anew, with the words for its own language', async () => {
    const report = await checkPython('reserialise');
    expect(idsOf(report, 'fail')).toEqual(['good-js', 'good-php', 'good-pretty']);
    const { reason, advice } = resultOf(report, 'good-js');
    expect(reason).toContain("only what Python's json.dumps makes of it");
    expect(advice).toContain('Flask: request.get_data()');
  });
});
