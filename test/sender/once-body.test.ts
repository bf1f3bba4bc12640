import { expect, test } from 'vitest';
import { OnceBody } from '../../src/sender/once-body.ts';

async function bytesOf(body: OnceBody): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

test('a body is its text in UTF-8, once', async () => {
  const body = new OnceBody('{"message":"سلام"}');
  expect(await bytesOf(body)).toBe('{"message":"سلام"}');
  await expect(bytesOf(body)).rejects.toThrow(
    'The request was written once already; a second copy would send it twice.',
  );
});

test('a body is used up from its first byte on', async () => {
  const body = new OnceBody('text');
  await body[Symbol.asyncIterator]().next();
  await expect(bytesOf(body)).rejects.toThrow('written once already');
});

test('a body can be looked at as text as often as one likes', async () => {
  const body = new OnceBody('text');
  expect([String(body), String(body)]).toEqual(['text', 'text']);
  expect(await bytesOf(body)).toBe('text');
  expect(String(body)).toBe('text');
});
