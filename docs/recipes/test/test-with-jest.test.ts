import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const RUN_TIMEOUT_MS = 100_000;
const jest = join(dirname(createRequire(import.meta.url).resolve('jest/package.json')), 'bin/jest.js');
const config = join(import.meta.dirname, 'jest.config.json');

it(
  'runs under Jest, and leaves nothing open',
  async () => {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [jest, '--config', config, '--json'],
      {
        timeout: RUN_TIMEOUT_MS,
        env: { ...process.env, NODE_OPTIONS: '', FORCE_COLOR: '0' },
      },
    );
    const { numPassedTests, numTotalTests } = JSON.parse(stdout);
    expect([numPassedTests, numTotalTests]).toEqual([3, 3]);
    expect(stderr).not.toContain('did not exit');
  },
  RUN_TIMEOUT_MS,
);
