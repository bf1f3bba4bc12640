import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './entries.ts';
import type { Snippet } from './snippet.ts';

const TS_BLOCK = /^```ts\n([\s\S]*?)^```$/gmu;

/** Not deeper: what is installed for the recipes has documents and links of its own. */
const FOLDERS = ['docs', 'docs/recipes'];

/** The documents that users read. */
export function documents(): string[] {
  const pages = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .sort()
      .map((name) => `${folder}/${name}`),
  );
  return ['README.md', ...pages];
}

/** Every `ts` block of a document. */
export function blocksIn(file: string, text: string = readFileSync(join(root, file), 'utf8')): Snippet[] {
  return Array.from(text.matchAll(TS_BLOCK), ({ 1: code = '', index }) => ({
    file,
    line: text.slice(0, index).split('\n').length + 1,
    code,
  }));
}
