const UNRELEASED = '## Unreleased';
const HEADING = /^## .*$/gmu;
const CHANGE = /^- /mu;

/** What stands under a heading, up to the next one; `undefined` where there is no such heading. */
export function sectionUnder(changelog: string, heading: RegExp | string): string | undefined {
  const headings = [...changelog.matchAll(HEADING)];
  const at = headings.findIndex(([text]) =>
    typeof heading === 'string' ? text === heading : heading.test(text),
  );
  const found = headings[at];
  if (found === undefined) return undefined;
  return changelog.slice(found.index + found[0].length, headings[at + 1]?.index).trim();
}

/** Whether a section names a change. */
export function namesChanges(section: string | undefined): boolean {
  return section !== undefined && CHANGE.test(section);
}

/** The heading of a version: `## 1.2.3 - 2026-11-25`. */
export function headingOf(version: string): RegExp {
  return new RegExp(`^## ${version.replaceAll('.', '\\.')} - \\d{4}-\\d{2}-\\d{2}$`, 'u');
}

/** @throws Error where there is nothing to release. */
export function requireUnreleased(changelog: string): void {
  const section = sectionUnder(changelog, UNRELEASED);
  if (section === undefined) {
    throw new Error(`CHANGELOG.md has no heading "${UNRELEASED}". Put it above the newest version.`);
  }
  if (!namesChanges(section)) {
    throw new Error(`CHANGELOG.md names no change under "${UNRELEASED}". Write down what changes for users.`);
  }
}

/**
 * Moves what is unreleased under the heading of a version.
 *
 * @throws Error where there is nothing to release, or the version was released before.
 */
export function moveUnreleased(changelog: string, version: string, date: Date): string {
  requireUnreleased(changelog);
  if (sectionUnder(changelog, headingOf(version)) !== undefined) {
    throw new Error(`CHANGELOG.md has a heading for ${version} already.`);
  }
  return changelog.replace(
    UNRELEASED,
    () => `${UNRELEASED}\n\n## ${version} - ${date.toISOString().slice(0, 10)}`,
  );
}
