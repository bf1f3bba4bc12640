import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly name?: string;
}

interface Job {
  readonly 'runs-on'?: string;
  readonly uses?: string;
  readonly needs?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const PINNED = /^[\w-]+\/[\w-]+@v\d+\.\d+\.\d+$/u;

const root = join(import.meta.dirname, '../..');
const folder = join(root, '.github/workflows');
const files = readdirSync(folder);

function read(file: string): Workflow {
  const document = parseDocument(readFileSync(join(folder, file), 'utf8'), {
    strict: true,
    uniqueKeys: true,
  });
  expect([...document.errors, ...document.warnings], file).toEqual([]);
  return document.toJS() as Workflow;
}

function stepsOf({ jobs }: Workflow): Step[] {
  return Object.values(jobs).flatMap(({ steps = [] }) => steps);
}

describe.each(files)('%s', (file) => {
  it('is YAML, and may read the code and nothing else unless a job says so', () => {
    const workflow = read(file);
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(Object.keys(workflow.on).length).toBeGreaterThan(0);
    for (const { uses, steps, 'runs-on': runsOn } of Object.values(workflow.jobs)) {
      expect(uses ?? (steps !== undefined && runsOn)).toBeTruthy();
    }
  });

  it('names every action with an exact version, and every file of ours by a path that exists', () => {
    const workflow = read(file);
    const actions = stepsOf(workflow).flatMap(({ uses }) => uses ?? []);
    expect(actions.filter((action) => !PINNED.test(action))).toEqual([]);
    for (const { uses } of Object.values(workflow.jobs)) {
      if (uses !== undefined) expect(existsSync(join(root, uses)), uses).toBe(true);
    }
  });

  it('runs no text that others wrote', () => {
    for (const { run } of stepsOf(read(file))) expect(run ?? '').not.toContain('${{');
  });
});

it('CI runs all that must hold', () => {
  const commands = stepsOf(read('ci.yml')).map(({ run }) => run);
  expect(commands).toContain('.ci/run');
  expect(statSync(join(root, '.ci/run')).mode & 0o111).not.toBe(0);
});

it('a release is a tag that passed CI, checked before it is published with provenance', () => {
  const { on, jobs } = read('release.yml');
  expect(on).toEqual({ push: { tags: ['v*'] } });
  const { publish } = jobs;
  expect(jobs[publish?.needs ?? '']?.uses).toBe('./.github/workflows/ci.yml');
  expect(publish?.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  const commands = publish?.steps?.flatMap(({ run }) => run ?? []) ?? [];
  expect(commands).toEqual([
    'npm ci',
    'npx tsx .ci/release.ts check "$TAG"',
    'npm publish --provenance --access public',
  ]);
});
