import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { NearestFirst } from './nearest-first.ts';

/** The tests of what is mutated, in one project: Stryker runs each mutant against those that reach it. */
const config: ViteUserConfig = defineConfig({
  test: {
    // The one of the emulator holds what keys and secrets are refused in production.
    include: ['test/{webhook,deliveries,sender}/**/*.test.ts', 'test/emulator/production.test.ts'],
    exclude: [
      // These run many processes, or the package in a process of its own, where Stryker cannot reach.
      'test/deliveries/concurrent-claims.test.ts',
      'test/deliveries/postgres-recipe.test.ts',
      'test/deliveries/redis-outage.test.ts',
      // Types alone.
      'test/webhook/options-types.test.ts',
    ],
    setupFiles: ['test/mutation/skip-slow-tests.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // How late a timer is, and what is done before it, are the only things here that a busy machine decides.
    retry: { count: 3, condition: /^expected (?:\d[\d.]* to be less than \d|SendTimeoutError: )/u },
    sequence: { sequencer: NearestFirst },
  },
});

export default config;
