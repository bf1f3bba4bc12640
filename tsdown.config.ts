import { defineConfig, type UserConfig } from 'tsdown';

const config: UserConfig = defineConfig({
  entry: {
    index: 'src/index.ts',
    testing: 'src/testing/index.ts',
    redis: 'src/redis.ts',
    bullmq: 'src/bullmq/index.ts',
  },
  format: ['esm', 'cjs'],
  platform: 'node',
  target: 'node20.19',
  dts: true,
  fixedExtension: true,
  hash: false,
  clean: true,
  // CommonJS is built on purpose: Jest and many apps still need it.
  checks: { legacyCjs: false },
  // Otherwise one entry loads another only for the order of side effects that no module has.
  treeshake: { moduleSideEffects: false },
  outputOptions: {
    strict: true,
    // Jest cannot run a native import() in CommonJS.
    dynamicImportInCjs: false,
    minifyInternalExports: false,
    codeSplitting: {
      groups: [{ name: (id) => (id.endsWith('.d.ts') ? 'shared.d' : 'shared'), minShareCount: 2 }],
    },
  },
});

export default config;
