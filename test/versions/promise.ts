import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The repository. */
export const root: string = join(import.meta.dirname, '../..');

const LOWER_BOUND = /^(?:>=|\^)(\d+\.\d+\.\d+)/u;

/** What `package.json` says of the versions that it works with. */
interface Manifest {
  readonly engines: { readonly node: string };
  readonly peerDependencies: { readonly express: string };
}

function lowerBound(range: string): string {
  const [, version] = LOWER_BOUND.exec(range) ?? [];
  if (version === undefined) throw new Error(`The range ${range} of package.json has no lower bound.`);
  return version;
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

/** The oldest Node that is promised. */
export const oldestNode: string = lowerBound(manifest.engines.node);
/** The oldest Express that is promised. */
export const oldestExpress: string = lowerBound(manifest.peerDependencies.express);
/** What is tried: the oldest, and the newest of each line that is alive. */
export const nodeVersions: readonly string[] = [oldestNode, '22', '24', '26'];
/** What is tried: the oldest, and the newest of each line. */
export const expressVersions: readonly string[] = [oldestExpress, '4', '5'];
/** The two ways to load a package. */
export const moduleSystems = { ESM: 'express.mjs', CommonJS: 'express.cjs' } as const;
