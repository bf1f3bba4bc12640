import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './entries.ts';
import type { Snippet } from './snippet.ts';

const TS_BLOCK = /^```ts\n([\s\S]*?)^```$/gmu;

/** The documents that users read. */
export function documents(): string[] {
  const paths = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  const pages = paths.filter((path) => path.endsWith('.md') && !path.startsWith('api')).sort();
  return ['README.md', ...pages.map((path) => `docs/${path.replaceAll('\\', '/')}`)];
}

/** Every `ts` block of a document. */
export function blocksIn(file: string, text: string = readFileSync(join(root, file), 'utf8')): Snippet[] {
  return Array.from(text.matchAll(TS_BLOCK), ({ 1: code = '', index }) => ({
    file,
    line: text.slice(0, index).split('\n').length + 1,
    code,
  }));
}
