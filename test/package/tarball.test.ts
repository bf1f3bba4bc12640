import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { run } from './run.ts';

interface Manifest {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

const KIB = 1024;
const MAX_TARBALL_BYTES = 400 * KIB;
/** What an app loads of ours, compressed, comments included. */
const MAX_MAIN_GZIP_BYTES = 40 * KIB;
const MAX_TESTING_GZIP_BYTES = 80 * KIB;

const MAX_MEAN_LINE_LENGTH = 100;

const EXPECTED_FILE =
  /^(?:package\.json|README\.md|LICENSE|CHANGELOG\.md|docs\/.+\.md|docs\/recipes\/[\w-]+\.(?:ts|prisma)|dist\/.+)$/u;
const BUILT_FILE = /^dist\/[\w-]+(?:\/[\w-]+)?\.(?:[cm]js|d\.[cm]ts|js|css|html|svg)$/u;
const RANGE = /^\^\d+\.\d+\.\d+$/u;
const CODE = /\.[cm]?js$/u;
const COMMENT = /\/\*[\s\S]*?\*\/|\/\/.*$/gmu;
const INSTALL_SCRIPT = /^(?:(?:pre|post)?install|(?:pre|post)?prepare|dependencies)$/u;
const STRICT = /^(?:#!.*\n)?"use strict";/u;
const NATIVE_IMPORT = /\bimport\s*\(/u;
const RELATIVE_REQUIRE = /\brequire\("\.\/([\w-]+\.cjs)"\)/gu;
const RELATIVE_IMPORT = /\bfrom "\.\/([\w-]+\.mjs)"/gu;

const root = join(import.meta.dirname, '../..');
const bin = join(root, 'node_modules/.bin');
const tarball = inject('tarball');
const files = new Map<string, string>();
let manifest: Manifest;

beforeAll(async () => {
  const directory = join(inject('workDirectory'), 'unpacked');
  await mkdir(directory);
  await run('tar', ['-xzf', tarball, '-C', directory], root);
  const unpacked = join(directory, 'package');
  for (const entry of await readdir(unpacked, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(unpacked, path).replaceAll(sep, '/'), await readFile(path, 'utf8'));
  }
  manifest = JSON.parse(files.get('package.json') ?? '') as Manifest;
});

/** A built file and everything of ours that loading it loads. */
function loadedWith(name: string, reference: RegExp, loaded: Set<string> = new Set()): Set<string> {
  if (loaded.has(name)) return loaded;
  loaded.add(name);
  const code = files.get(`dist/${name}`);
  if (code === undefined) throw new Error(`dist/${name} is not in the tarball`);
  for (const [, other = ''] of code.matchAll(reference)) loadedWith(other, reference, loaded);
  return loaded;
}

function gzipBytes(names: Iterable<string>): number {
  const code = Array.from(names, (name) => files.get(`dist/${name}`)).join('\n');
  return gzipSync(code).byteLength;
}

describe('the tarball', () => {
  it('holds the build and the documents, and nothing else', () => {
    const paths = [...files.keys()];
    expect(paths).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'CHANGELOG.md', 'docs/errors.md']));
    expect(paths.filter((path) => !EXPECTED_FILE.test(path))).toEqual([]);
    expect(paths.filter((path) => path.startsWith('dist/') && !BUILT_FILE.test(path))).toEqual([]);
  });

  it('is small', async () => {
    expect((await stat(tarball)).size).toBeLessThan(MAX_TARBALL_BYTES);
  });

  it('names no place of the machine that built it', () => {
    const places = [root, homedir(), inject('workDirectory')].map((place) => join(place, sep));
    const found = [...files].flatMap(([path, text]) =>
      places.filter((place) => place !== sep && text.includes(place)).map((place) => `${path}: ${place}`),
    );
    expect(found).toEqual([]);
  });

  it('runs nothing when it is installed', () => {
    const names = Object.keys(manifest.scripts).filter((name) => INSTALL_SCRIPT.test(name));
    expect(names).toEqual([]);
    expect(manifest.gypfile).toBeUndefined();
    expect([...files.keys()]).not.toContain('binding.gyp');
  });

  it('has no side effects, and few dependencies, all of them from the registry', () => {
    expect(manifest.sideEffects).toBe(false);
    expect(Object.keys(manifest.dependencies).sort()).toEqual(['undici', 'valibot']);
    for (const range of Object.values(manifest.dependencies)) expect(range).toMatch(RANGE);
    expect(files.get('package.json')).not.toContain('resolved');
  });

  it('is strict CommonJS without the native import() that Jest cannot run', () => {
    const commonJs = [...files].filter(([path]) => path.endsWith('.cjs'));
    expect(commonJs.length).toBeGreaterThan(0);
    for (const [path, code] of commonJs) {
      expect(code, path).toMatch(STRICT);
      expect(code.replaceAll(COMMENT, ''), path).not.toMatch(NATIVE_IMPORT);
    }
  });

  it('has no code that was made unreadable', () => {
    for (const [path, code] of files) {
      if (!CODE.test(path) || path.startsWith('dist/emulator-page/')) continue;
      expect(code.length / code.split('\n').length, path).toBeLessThan(MAX_MEAN_LINE_LENGTH);
    }
  });
});

describe('what is loaded', () => {
  it.each([
    ['index.cjs', RELATIVE_REQUIRE],
    ['index.mjs', RELATIVE_IMPORT],
  ])('%s loads no emulator and stays small', (name, reference) => {
    const loaded = loadedWith(name, reference);
    expect([...loaded].filter((other) => other.startsWith('testing'))).toEqual([]);
    expect([...loaded].map((other) => files.get(`dist/${other}`)).join('\n')).not.toContain(
      'startGatewayEmulator',
    );
    expect(gzipBytes(loaded)).toBeLessThan(MAX_MAIN_GZIP_BYTES);
  });

  it.each([
    ['testing.cjs', RELATIVE_REQUIRE],
    ['testing.mjs', RELATIVE_IMPORT],
  ])('%s does not load the main entry and stays small', (name, reference) => {
    const loaded = loadedWith(name, reference);
    expect([...loaded].filter((other) => other.startsWith('index'))).toEqual([]);
    expect(gzipBytes(loaded)).toBeLessThan(MAX_TESTING_GZIP_BYTES);
  });
});

describe('the tools that judge packages', () => {
  it('publint finds nothing, suggestions included', async () => {
    const { stdout } = await run(process.execPath, [join(bin, 'publint'), 'run', tarball, '--strict'], root);
    expect(stdout).toContain('All good!');
  });

  it('attw finds right types for every way of importing', async () => {
    const { stdout } = await run(process.execPath, [join(bin, 'attw'), tarball, '--format', 'json'], root);
    const { analysis } = JSON.parse(stdout) as { analysis: { entrypoints: object; problems: unknown[] } };
    expect(Object.keys(analysis.entrypoints)).toEqual(Object.keys(manifest.exports));
    expect(analysis.problems).toEqual([]);
  });
});
