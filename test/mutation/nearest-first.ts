import { basename, dirname, relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const TEST_FOLDER = /^test\//u;
const TEST_NAME = /\.test\.ts$/u;
/** Files that mostly wait, for time to pass or for Redis. */
const slowFiles: ReadonlySet<string> = new Set([
  'close.test.ts',
  'network.test.ts',
  'proxy.test.ts',
  'redis.test.ts',
  'secrets.test.ts',
  'timing.test.ts',
]);

/** How soon a test file is to run for a mutant of a source file: its own comes first, those that wait come last. */
function urgency(source: string, test: string): number {
  const mirrored = test.replace(TEST_FOLDER, 'src/').replace(TEST_NAME, '.ts');
  if (mirrored === source) return 3;
  if (slowFiles.has(basename(test))) return 0;
  return dirname(mirrored) === dirname(source) ? 2 : 1;
}

/** Runs those tests first that most likely notice a mutant: the first failure ends its run. */
export class NearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root, related } = this.ctx.config;
    const source = related?.[0];
    const sorted = await super.sort(files);
    if (source === undefined) return sorted;
    const urgencyOf = ({ moduleId }: TestSpecification): number =>
      urgency(relative(root, source), relative(root, moduleId));
    return sorted.sort((one, other) => urgencyOf(other) - urgencyOf(one));
  }
}
