import { defineConfig, type UserConfig } from 'tsdown';

const DECLARATION = /\.d\.ts$/u;
const EMULATOR = /[\\/]src[\\/](?:emulator|testing)[\\/]/u;

const library = {
  index: 'src/index.ts',
  testing: 'src/testing/index.ts',
  redis: 'src/redis.ts',
  bullmq: 'src/bullmq/index.ts',
};

const config: UserConfig = defineConfig({
  entry: library,
  format: {
    esm: { entry: { ...library, 'emulator-cli': 'src/emulator/cli/main.ts' } },
    cjs: {},
  },
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
      // What several entries need is one file, and the emulator another: who receives and sends loads none of that.
      groups: [
        { name: 'shared.d', test: DECLARATION, minShareCount: 2, priority: 3 },
        { name: 'shared', test: (id) => !EMULATOR.test(id), minShareCount: 2, priority: 2 },
        { name: 'emulator', minShareCount: 2, priority: 1 },
      ],
    },
  },
});

export default config;
