// `prepare` runs within `npm version`: moves what is unreleased in CHANGELOG.md under the new version.
// `check TAG` runs before a release is published, and ends with 1 and every reason why it must not be.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { moveUnreleased } from './changelog.ts';
import { type Manifest, releaseProblems } from './release-problems.ts';

const root = join(import.meta.dirname, '..');
const page = join(root, 'CHANGELOG.md');
const changelog = readFileSync(page, 'utf8');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

const [, , command, tag] = process.argv;
if (command === 'prepare') {
  writeFileSync(page, moveUnreleased(changelog, manifest.version, new Date()));
} else if (command === 'check' && tag !== undefined) {
  const problems = releaseProblems({ tag, manifest, changelog, publisher: process.env.GITHUB_REPOSITORY });
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
} else {
  console.error('Usage: tsx .ci/release.ts prepare | check TAG');
  process.exitCode = 2;
}
