import { defineConfig } from 'prisma/config';

// To generate a client takes no engine, yet the program fetches one unless it is told where it has one.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({ schema: '../opt-outs-with-prisma.prisma' });
