import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { headingOf, moveUnreleased, namesChanges, sectionUnder } from '../../.ci/changelog.ts';

const HEADING = /^## (.*)$/gmu;
const VERSION_AND_DATE = /^\d+\.\d+\.\d+ - \d{4}-\d{2}-\d{2}$/u;
const KIND = /^### (.*)$/gmu;

const page = readFileSync(new URL('../../CHANGELOG.md', import.meta.url), 'utf8');
const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const date = new Date('2026-11-25T23:59:59Z');

function all(pattern: RegExp): string[] {
  return Array.from(page.matchAll(pattern), ([, text = '']) => text);
}

describe('CHANGELOG.md', () => {
  it('begins with what is unreleased, and names each version once, with its day', () => {
    const [first, ...versions] = all(HEADING);
    expect(first).toBe('Unreleased');
    expect(versions.filter((version) => !VERSION_AND_DATE.test(version))).toEqual([]);
    expect(new Set(versions).size).toBe(versions.length);
  });

  it('sorts changes by the kinds of Keep a Changelog', () => {
    const kinds = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];
    expect(all(KIND).filter((kind) => !kinds.includes(kind))).toEqual([]);
  });

  it("names the changes of package.json's version, released or not", () => {
    const released = sectionUnder(page, headingOf(manifest.version));
    expect(namesChanges(released ?? sectionUnder(page, '## Unreleased'))).toBe(true);
  });
});

describe('a release', () => {
  const before =
    '# Changelog\n\n## Unreleased\n\n### Added\n\n- One.\n\n## 0.1.0 - 2026-01-01\n\n### Added\n\n- All.\n';

  it('moves what is unreleased under its version and day', () => {
    const after = moveUnreleased(before, '0.2.0', date);
    expect(after).toBe(before.replace('## Unreleased\n', '## Unreleased\n\n## 0.2.0 - 2026-11-25\n'));
    expect(sectionUnder(after, '## Unreleased')).toBe('');
    expect(sectionUnder(after, headingOf('0.2.0'))).toBe('### Added\n\n- One.');
  });

  it('is refused where nothing is unreleased', () => {
    const after = moveUnreleased(before, '0.2.0', date);
    expect(() => moveUnreleased(after, '0.3.0', date)).toThrow('names no change under "## Unreleased"');
    expect(() => moveUnreleased('# Changelog\n', '0.3.0', date)).toThrow('no heading "## Unreleased"');
  });

  it('is refused for a version that has a heading already', () => {
    expect(() => moveUnreleased(before, '0.1.0', date)).toThrow('a heading for 0.1.0 already');
  });

  it('can be made of what stands in the file now', () => {
    expect(() => moveUnreleased(page, '999.0.0', date)).not.toThrow();
  });
});
