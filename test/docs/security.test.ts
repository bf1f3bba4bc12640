import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const TEST = /^- `(test\/[\w./-]+\.test\.ts)`: (.+)$/gmu;
const THREAT = /^### (.+)\n([\s\S]*?)(?=^### |$(?![\s\S]))/gmu;
const MAIL_ADDRESS = /[\w.]+@[\w.]+\.\w+/u;
const TITLE_SIGNS = /[.*+?^${}()|[\]\\]/gu;

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('.github/SECURITY.md', root), 'utf8');
const threats = [...page.matchAll(THREAT)].map(([, threat = '', text = '']) => ({ threat, text }));
const named = [...page.matchAll(TEST)].map(([, file = '', title = '']) => ({ file, title }));

/** What the threat model has to speak of at the least. */
const wanted = [
  'Forgery',
  'Replay',
  'Timing',
  'Body bombs',
  'Slow senders',
  'Prototype pollution',
  'Header tricks',
  'Key leakage',
  'Request smuggling',
  'Opt-outs',
  'Redirects',
  'Log injection',
  'Redis',
  'The emulator',
];

/** Whether a file has a test by that title that is neither skipped nor left to be written. */
function hasTest(file: string, title: string): boolean {
  const source = readFileSync(new URL(file, root), 'utf8');
  const text = title.replace(TITLE_SIGNS, '\\$&').replaceAll("'", "\\\\?'");
  // As `it('title'`, `it.each(…)('title'`, or on a line of its own.
  return new RegExp(`(?:\\b(?:it|test)\\(|\\)\\(|^)\\s*(['"\`])${text}\\1,`, 'mu').test(source);
}

describe('.github/SECURITY.md', () => {
  it.each(wanted)('speaks of: %s', (threat) => {
    expect(threats.map((each) => each.threat).filter((each) => each.startsWith(threat))).toHaveLength(1);
  });

  it.each(threats)('names a test for: $threat', ({ text }) => {
    expect(text).toMatch(new RegExp(TEST.source, 'mu'));
  });

  it.each(named)('names a test that exists: $file: $title', ({ file, title }) => {
    expect(hasTest(file, title)).toBe(true);
  });

  it('has no list item that this test cannot read', () => {
    expect(page.match(/^- /gmu)).toHaveLength(named.length);
  });

  it('would miss a test that is not there, or is skipped', () => {
    expect(hasTest('test/docs/security.test.ts', 'is nowhere')).toBe(false);
    expect(hasTest('test/docs/security.test.ts', 'speaks of')).toBe(false);
    expect(hasTest('test/docs/security.test.ts', 'speaks of: %s')).toBe(true);
  });

  it('names no address to write to', () => {
    expect(page).not.toMatch(MAIL_ADDRESS);
  });
});
