import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // That recipe is itself a test.
    include: ['test/**/*.test.ts', 'test-with-vitest.ts'],
    testTimeout: 20_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
