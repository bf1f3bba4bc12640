import { defineConfig, type UserConfig } from 'vite';

/** Builds the page into the package: three files with fixed names, nothing inlined, so that a strict CSP holds. */
const config: UserConfig = defineConfig({
  base: './',
  build: {
    outDir: '../../../dist/emulator-page',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: {
      output: { entryFileNames: 'page.js', assetFileNames: 'page[extname]' },
    },
  },
});

export default config;
