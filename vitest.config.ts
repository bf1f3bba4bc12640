import { configDefaults, defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    // Most tests wait, for sockets, servers and browsers: three at once are right even for two cores.
    maxWorkers: 3,
    projects: [
      {
        test: {
          name: 'source',
          include: ['test/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, 'test/package/**'],
          testTimeout: 60_000,
          // A second, the default, is not enough on a busy machine.
          expect: { poll: { timeout: 15_000 } },
          hookTimeout: 120_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          globalSetup: ['test/package/pack.ts'],
          testTimeout: 120_000,
          // Compilers and installs would disturb tests that measure time, so they run after those.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

export default config;
