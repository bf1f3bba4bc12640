import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from 'vitest';
import { installConsumer } from './consumer.ts';
import { run } from './run.ts';

const NOWHERE = 'http://127.0.0.1:9/webhooks/whatsapp-gateway';
const consumer = await installConsumer('emulator', '--omit=peer');
const needsRegistry = it.skipIf(consumer.unreachable);
const program = join(consumer.directory, 'node_modules', '.bin', 'whatsapp-gateway-emulator');

const children: ReturnType<typeof spawn>[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** The installed program, its NDJSON a record at a time. */
function startProgram(...args: readonly string[]) {
  const child = spawn(program, args, { cwd: consumer.directory, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextRecord = async (): Promise<Record<string, unknown>> =>
    JSON.parse((await lines.next()).value) as Record<string, unknown>;
  return { child, nextRecord };
}

needsRegistry('the program runs from where npm puts it, and serves API and page', async () => {
  const { child, nextRecord } = startProgram('--port', '0', '--to', NOWHERE, '--json');
  const { type, url } = await nextRecord();
  expect(type).toBe('started');
  const health = await fetch(`${url}/__emulator/v1/health`);
  expect(await health.json()).toMatchObject({ status: 'ok' });
  const page = await fetch(`${url}/`);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('page.js');
  const script = await fetch(`${url}/page.js`);
  expect(script.status).toBe(200);
  expect(script.headers.get('content-type')).toContain('javascript');
  const exited = once(child, 'exit');
  child.kill('SIGINT');
  expect(await nextRecord()).toEqual({ type: 'stopped' });
  expect(await exited).toEqual([0, null]);
});

needsRegistry('the program ends by itself where there is nothing to wait for', async () => {
  const { stdout } = await run(program, ['env'], consumer.directory);
  expect(stdout).toContain('WHATSAPP_GATEWAY_API_KEY=emu_');
});
