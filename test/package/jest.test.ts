import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { installConsumer } from './consumer.ts';

const consumer = await installConsumer('jest', 'express@5', 'jest@30');

it.skipIf(consumer.unreachable)(
  'Jest, in its default CommonJS mode, runs a test with both entries',
  async () => {
    const config = { testEnvironment: 'node', testMatch: ['**/*.jest.js'] };
    await writeFile(join(consumer.directory, 'jest.config.json'), JSON.stringify(config));
    const { stderr } = await consumer.node('node_modules/jest/bin/jest.js', '--config', 'jest.config.json');
    expect(stderr).toContain('Tests:       2 passed, 2 total');
  },
);
