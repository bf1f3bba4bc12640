import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createControl } from '../../../src/emulator/control/control.ts';
import { startCore } from '../../../src/emulator/core.ts';
import { rawCall } from './support/raw-call.ts';

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

async function startWithPage(pageFolder: string): Promise<string> {
  const gateway = await startCore({}, (made) => createControl(made, { pageFolder }));
  onTestFinished(() => gateway.close());
  return gateway.url;
}

let outside: string;
let folder: string;

beforeEach(async () => {
  outside = await mkdtemp(join(tmpdir(), 'page-files-'));
  folder = join(outside, 'page');
  await mkdir(join(folder, 'assets'), { recursive: true });
  await writeFile(join(outside, 'secret.txt'), 'a secret');
  await writeFile(join(folder, 'index.html'), '<!doctype html><p>EMULATOR</p>');
  await writeFile(join(folder, 'page.js'), 'export {};');
  await writeFile(join(folder, 'page.css'), 'p {}');
  await writeFile(join(folder, 'icon.svg'), '<svg/>');
  await writeFile(join(folder, 'assets', 'font.woff2'), 'font');
  await writeFile(join(folder, 'data.bin'), 'data');
  await symlink(join(outside, 'secret.txt'), join(folder, 'link.txt'));
  return () => rm(outside, { recursive: true });
});

describe('the page', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', '<!doctype html><p>EMULATOR</p>'],
    ['/?lang=ar', 'text/html; charset=utf-8', '<!doctype html><p>EMULATOR</p>'],
    ['/index.html', 'text/html; charset=utf-8', '<!doctype html><p>EMULATOR</p>'],
    ['/page.js', 'text/javascript; charset=utf-8', 'export {};'],
    ['/page.css', 'text/css; charset=utf-8', 'p {}'],
    ['/icon.svg', 'image/svg+xml', '<svg/>'],
    ['/assets/font.woff2', 'font/woff2', 'font'],
    ['/data.bin', 'application/octet-stream', 'data'],
  ])('is at %s as %s, under a strict policy', async (path, type, content) => {
    const { status, headers, text } = await rawCall(await startWithPage(folder), path);
    expect([status, text]).toEqual([200, content]);
    expect(headers).toMatchObject({
      'content-type': type,
      'content-security-policy': CSP,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-cache',
    });
  });

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/..\\secret.txt',
    '//etc/passwd',
    '/etc/passwd',
    '/assets',
    '/assets/',
    '/link.txt',
    '/page.js%00',
    '/page.js/',
    '/PAGE.JS',
    '/constructor',
    '/__proto__',
  ])('has nothing at %s', async (path) => {
    const { status, headers, text } = await rawCall(await startWithPage(folder), path);
    expect([status, JSON.parse(text).error]).toEqual([404, 'not_found']);
    expect(headers['content-type']).toBe('application/json');
  });

  it('is sent anew only where it has changed', async () => {
    const url = await startWithPage(folder);
    const first = await rawCall(url, '/page.js');
    const headers = { 'if-none-match': String(first.headers.etag) };
    const again = await rawCall(url, '/page.js', { headers });
    expect([again.status, again.text, again.headers['content-security-policy']]).toEqual([304, '', CSP]);
    await writeFile(join(folder, 'page.js'), 'changed');
    expect(await rawCall(url, '/page.js', { headers })).toMatchObject({ status: 200, text: 'changed' });
  });

  it('answers HEAD with no body', async () => {
    const { status, headers, text } = await rawCall(await startWithPage(folder), '/page.js', {
      method: 'HEAD',
    });
    expect([status, headers['content-length'], text]).toEqual([200, '10', '']);
  });

  it('is replaced by a note where it was not built', async () => {
    const { status, headers, text } = await rawCall(await startWithPage(join(outside, 'nowhere')), '/');
    expect([status, headers['content-type']]).toEqual([404, 'text/plain; charset=utf-8']);
    expect(headers['content-security-policy']).toBe(CSP);
    expect(text).toContain('npm run build:page');
    expect(text).toContain('/__emulator/v1/openapi.json');
  });
});
