import { join, relative } from 'node:path';
import ts from 'typescript';
import { entries, root } from './entries.ts';
import { publicExports } from './from-comments.ts';
import { prelude } from './prelude.ts';
import type { Snippet } from './snippet.ts';

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitReturns: true,
  allowUnusedLabels: false,
  noEmit: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  paths: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, [file]])),
};
/** Where the snippets seem to be, so that they find what is installed. */
const PLACE = join(root, 'test/docs/examples/compiled');

/** A host for which some files exist that are nowhere, and which reads and parses every file once. */
function createHost(
  virtual: ReadonlyMap<string, string>,
  parsed: Map<string, ts.SourceFile>,
): ts.CompilerHost {
  const host = ts.createCompilerHost(OPTIONS, true);
  return {
    ...host,
    fileExists: (path) => virtual.has(path) || host.fileExists(path),
    readFile: (path) => virtual.get(path) ?? host.readFile(path),
    getSourceFile(path, options, ...rest) {
      const text = virtual.get(path);
      const known = parsed.get(path);
      if (known !== undefined) return known;
      const file =
        text === undefined
          ? host.getSourceFile(path, options, ...rest)
          : ts.createSourceFile(path, text, options, true);
      if (file !== undefined) parsed.set(path, file);
      return file;
    },
  };
}

/** The values that the entries export, known to every snippet that does not import them. */
function declareExports(program: ts.Program): string {
  const names = publicExports(program).filter(({ isValue }) => isValue);
  const lines = names.map(({ entry, name }) => `  const ${name}: typeof import('${entry}').${name};`);
  return ['declare global {', ...lines, '}', 'export {};', ''].join('\n');
}

/** Compiles snippets against the package. */
export interface Compiler {
  /** The package's entries, as they are in `src`. */
  readonly program: ts.Program;
  /** What is wrong with the snippets, each with its place in the documentation: `README.md:12: TS2353 …`. */
  check(snippets: readonly Snippet[]): string[];
}

/** Makes a compiler. To compile many snippets at once costs little more than one. */
export function createCompiler(): Compiler {
  const parsed = new Map<string, ts.SourceFile>();
  const program = ts.createProgram(Object.values(entries), OPTIONS, createHost(new Map(), parsed));

  function check(snippets: readonly Snippet[]): string[] {
    const virtual = new Map([
      [join(PLACE, 'exports.mts'), declareExports(program)],
      [join(PLACE, 'prelude.mts'), prelude],
    ]);
    const places = new Map<string, Snippet>();
    for (const [index, snippet] of snippets.entries()) {
      const path = join(PLACE, `snippet-${index}.mts`);
      // A module each, so that two may use one name.
      virtual.set(path, `${snippet.code}\nexport {};\n`);
      places.set(path, snippet);
    }
    const whole = ts.createProgram(
      [...virtual.keys()],
      OPTIONS,
      createHost(virtual, new Map(parsed)),
      program,
    );
    function problemsIn(path: string): string[] {
      const file = whole.getSourceFile(path);
      if (file === undefined) throw new Error(`${path} is not in the program.`);
      const found = [...whole.getSyntacticDiagnostics(file), ...whole.getSemanticDiagnostics(file)];
      return found.map(({ start = 0, messageText, code }) => {
        const { line } = file.getLineAndCharacterOfPosition(start);
        const place = places.get(path) ?? { file: relative(root, path), line: 1 };
        return `${place.file}:${place.line + line}: TS${code} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
      });
    }
    return [
      ...whole.getGlobalDiagnostics().map(({ messageText }) => String(messageText)),
      ...[...virtual.keys()].flatMap(problemsIn),
    ];
  }

  return { program, check };
}
