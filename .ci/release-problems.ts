import { headingOf, namesChanges, sectionUnder } from './changelog.ts';

/** What of `package.json` a release depends on. */
export interface Manifest {
  readonly version: string;
  readonly repository?: { readonly url?: string } | string;
}

/** A release that is about to be published. */
export interface Release {
  /** Such as `v1.2.3`. */
  readonly tag: string;
  readonly manifest: Manifest;
  readonly changelog: string;
  /** `owner/name` of the repository that publishes, where that is known. */
  readonly publisher: string | undefined;
}

/** Why it must not be published; nothing where it may. */
export function releaseProblems({ tag, manifest, changelog, publisher }: Release): string[] {
  const { version, repository } = manifest;
  const problems: string[] = [];
  if (tag !== `v${version}`) {
    problems.push(`The tag is ${tag}, but package.json has version ${version}: release with npm version.`);
  }
  if (!namesChanges(sectionUnder(changelog, headingOf(version)))) {
    problems.push(`CHANGELOG.md has no changes under "## ${version} - <date>": release with npm version.`);
  }
  const url = typeof repository === 'string' ? repository : repository?.url;
  if (url === undefined || url === '') {
    problems.push(
      'package.json has no repository, and npm signs no provenance without one: fill in repository, homepage and bugs, ' +
        'see "Before the first release" in .github/CONTRIBUTING.md.',
    );
  } else if (publisher !== undefined && !url.replace('.git', '').endsWith(publisher)) {
    problems.push(
      `package.json says that the repository is ${url}, but ${publisher} publishes: npm refuses that.`,
    );
  }
  return problems;
}
