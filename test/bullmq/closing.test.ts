import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('support/close-without-redis.ts', import.meta.url));

test('what never reached Redis can be closed, and leaves nothing that keeps the process', async () => {
  // Rejects where the process has to be killed.
  const options = { timeout: 15_000 };
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program], options);
  expect(stdout).toBe('closed');
});
