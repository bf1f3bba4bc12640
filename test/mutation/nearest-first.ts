import { dirname, relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const TEST_FOLDER = /^test\//u;
const TEST_NAME = /\.test\.ts$/u;

/** How likely a test file is the one that notices a mutant of a source file. */
function nearness(source: string, test: string): number {
  const mirrored = test.replace(TEST_FOLDER, 'src/').replace(TEST_NAME, '.ts');
  if (mirrored === source) return 2;
  return dirname(mirrored) === dirname(source) ? 1 : 0;
}

/** Runs the tests of the mutated file first: the first failure ends a mutant's run. */
export class NearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root, related } = this.ctx.config;
    const source = related?.[0];
    const sorted = await super.sort(files);
    if (source === undefined) return sorted;
    const rank = ({ moduleId }: TestSpecification) =>
      nearness(relative(root, source), relative(root, moduleId));
    return sorted.sort((one, other) => rank(other) - rank(one));
  }
}
