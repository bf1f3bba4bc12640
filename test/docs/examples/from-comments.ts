import { relative } from 'node:path';
import ts from 'typescript';
import { entries, root } from './entries.ts';
import type { Snippet } from './snippet.ts';

const LEADING_ASTERISK = /^\s*\* ?/u;

/** What a public export is called, and what declares it. */
interface PublicExport {
  readonly entry: string;
  readonly name: string;
  readonly isValue: boolean;
  readonly declarations: readonly ts.Declaration[];
}

/** Every name that an entry exports. */
export function publicExports(program: ts.Program): PublicExport[] {
  const checker = program.getTypeChecker();
  return Object.entries(entries).flatMap(([entry, file]) => {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${file} is not a module of the program.`);
    return checker.getExportsOfModule(module).map((symbol) => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const isValue = (target.flags & ts.SymbolFlags.Value) !== 0;
      return { entry, name: symbol.name, isValue, declarations: target.declarations ?? [] };
    });
  });
}

/** A comment of a variable stands on the statement, two nodes above what declares it. */
function commented(declaration: ts.Declaration): ts.Node {
  return ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
}

function toSnippet(tag: ts.JSDocTag): Snippet {
  const source = tag.getSourceFile();
  const [title = '', ...lines] = source.text.slice(tag.tagName.end, tag.end).split('\n');
  const { line } = source.getLineAndCharacterOfPosition(tag.pos);
  const file = relative(root, source.fileName);
  // Editors and the API reference would show a text here as the first line of the code.
  if (title.trim() !== '') throw new Error(`${file}:${line + 1}: begin the example on the next line.`);
  return { file, line: line + 2, code: lines.map((text) => text.replace(LEADING_ASTERISK, '')).join('\n') };
}

/** The options that may be left out and whose comment does not say what then holds. */
export function optionsWithoutDefault(program: ts.Program): string[] {
  return publicExports(program).flatMap(({ name, declarations }) =>
    declarations.flatMap((declaration) => {
      if (!name.endsWith('Options') || !ts.isInterfaceDeclaration(declaration)) return [];
      const optional = declaration.members.filter((member) => member.questionToken !== undefined);
      return optional
        .filter((member) => !ts.getJSDocTags(member).some((tag) => tag.tagName.text === 'default'))
        .map((member) => `${name}.${member.name?.getText()}`);
    }),
  );
}

/** The `@example`s of every public export and of its members. */
export function examplesIn(program: ts.Program): Snippet[] {
  const found = new Set<ts.JSDocTag>();
  function visit(node: ts.Node): void {
    for (const tag of ts.getJSDocTags(node)) {
      if (tag.tagName.text === 'example') found.add(tag);
    }
    if (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) node.members.forEach(visit);
  }
  for (const { declarations } of publicExports(program)) declarations.map(commented).forEach(visit);
  return [...found].map(toSnippet);
}
