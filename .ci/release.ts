// `ready` and `prepare` run within `npm version`, before and after it changes the number: whether there is something to
// release, and moving that in CHANGELOG.md under the new version. `check TAG` runs before a release is published. Each
// ends with 1 and every reason why it must not go on.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { moveUnreleased, requireUnreleased } from './changelog.ts';
import { type Manifest, releaseProblems } from './release-problems.ts';

const root = join(import.meta.dirname, '..');
const page = join(root, 'CHANGELOG.md');
const changelog = readFileSync(page, 'utf8');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

function problems(command: string | undefined, tag: string | undefined): string[] {
  try {
    if (command === 'check' && tag !== undefined) {
      return releaseProblems({ tag, manifest, changelog, publisher: process.env.GITHUB_REPOSITORY });
    }
    if (command === 'ready') requireUnreleased(changelog);
    else if (command === 'prepare')
      writeFileSync(page, moveUnreleased(changelog, manifest.version, new Date()));
    else return ['Usage: tsx .ci/release.ts ready | prepare | check TAG'];
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

const [, , command, tag] = process.argv;
for (const problem of problems(command, tag)) {
  console.error(problem);
  process.exitCode = 1;
}
