import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { commonHeaders } from './answer.ts';
import { ControlError } from './errors.ts';

/** Serves the files of the page. */
export type PageFiles = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>;

/** What the page may do: load its own files and call its own origin, and nothing else. */
const PAGE_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
  "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const INDEX = 'index.html';
const NOT_MODIFIED_STATUS = 304;
const NOT_FOUND_STATUS = 404;
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};
const NOT_BUILT =
  'The emulator runs, but its page was not built: this is the source, not the package.\n' +
  'Build it with: npm run build:page\n' +
  'The control API works without it, see /__emulator/v1/openapi.json\n';
const headers = {
  ...commonHeaders,
  'content-security-policy': PAGE_CSP,
  // The names of the files never change, so a browser must ask each time whether it has the newest.
  'cache-control': 'no-cache',
};

/** The files by the path each is asked for by. What is asked for never becomes a path on the disk. */
async function listFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true, recursive: true });
  } catch {
    return new Map();
  }
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file): [string, string] => [`/${relative(folder, file).split(sep).join('/')}`, file]);
  return new Map(files);
}

/**
 * Makes what serves the files of a folder, as they are at the moment of asking.
 *
 * @throws ControlError `not_found` or `method_not_allowed`.
 */
export function createPageFiles(folder: string): PageFiles {
  return async function servePage(request, response, path) {
    const { method } = request;
    if (method !== 'GET' && method !== 'HEAD') {
      throw new ControlError('method_not_allowed', 'This address takes GET, HEAD.', { allow: 'GET, HEAD' });
    }
    const files = await listFiles(folder);
    const isIndex = path === '/' || path === `/${INDEX}`;
    const file = files.get(isIndex ? `/${INDEX}` : path);
    if (file === undefined) {
      if (!isIndex)
        throw new ControlError('not_found', 'There is nothing at this address. The page is at /.');
      response.writeHead(NOT_FOUND_STATUS, { ...headers, 'content-type': 'text/plain; charset=utf-8' });
      response.end(NOT_BUILT);
      return;
    }
    const bytes = await readFile(file);
    const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(NOT_MODIFIED_STATUS, { ...headers, etag }).end();
      return;
    }
    const type = types[extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { ...headers, etag, 'content-type': type, 'content-length': bytes.length });
    response.end(bytes);
  };
}
