import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { installConsumer } from './consumer.ts';

const consumer = await installConsumer('without-express', '--omit=peer');
const needsRegistry = it.skipIf(consumer.unreachable);

needsRegistry('a plain http server receives and sends, with no Express installed', async () => {
  expect(await consumer.node('plain-http.mjs')).toEqual({ stdout: 'done\n', stderr: '' });
});

needsRegistry('its ESM and its CommonJS copy recognise each other’s errors in one process', async () => {
  expect(await consumer.node('two-copies.mjs')).toEqual({ stdout: 'done\n', stderr: '' });
});

needsRegistry('importing it loads no undici, the first send does', async () => {
  const directory = join(consumer.directory, 'without-undici');
  await cp(join(consumer.directory, 'node_modules'), join(directory, 'node_modules'), { recursive: true });
  const undici = join(directory, 'node_modules', 'undici');
  await rm(undici, { recursive: true });
  await cp(join(consumer.directory, 'without-undici.cjs'), join(directory, 'without-undici.cjs'));
  await cp(join(consumer.directory, 'undici-that-throws.cjs'), join(undici, 'index.js'));
  expect(await consumer.node(join(directory, 'without-undici.cjs'))).toEqual({
    stdout: 'done\n',
    stderr: '',
  });
});
