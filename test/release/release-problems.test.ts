import { describe, expect, it } from 'vitest';
import { type Release, releaseProblems } from '../../.ci/release-problems.ts';

const good: Release = {
  tag: 'v0.2.0',
  manifest: { version: '0.2.0', repository: { url: 'git+https://example.com/owner/name.git' } },
  changelog: '# Changelog\n\n## Unreleased\n\n## 0.2.0 - 2026-11-25\n\n### Added\n\n- One.\n',
  publisher: 'owner/name',
};

describe('a release', () => {
  it('is published where tag, version, changelog and repository agree', () => {
    expect(releaseProblems(good)).toEqual([]);
    expect(releaseProblems({ ...good, publisher: undefined })).toEqual([]);
  });

  it.each<[string, Partial<Release>, string]>([
    ['another tag', { tag: 'v0.2.1' }, 'The tag is v0.2.1, but package.json has version 0.2.0'],
    ['no heading', { changelog: '## Unreleased\n\n- One.\n' }, 'no changes under "## 0.2.0 - <date>"'],
    [
      'an empty heading',
      { changelog: '## 0.2.0 - 2026-11-25\n\n## 0.1.0 - 2026-01-01\n\n- All.\n' },
      'no changes',
    ],
    ['the heading of a like version', { changelog: '## 0x2.0 - 2026-11-25\n\n- One.\n' }, 'no changes'],
    ['no repository', { manifest: { version: '0.2.0' } }, 'package.json has no repository'],
    ['another repository', { publisher: 'somebody/name' }, 'but somebody/name publishes'],
  ])('is not published with %s', (_, change, reason) => {
    const problems = releaseProblems({ ...good, ...change });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(reason);
  });

  it('is told everything at once', () => {
    expect(
      releaseProblems({ tag: 'v1', manifest: { version: '2.0.0' }, changelog: '', publisher: '' }),
    ).toHaveLength(3);
  });
});
