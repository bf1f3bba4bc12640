import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installConsumer } from './consumer.ts';

const majors = [
  { major: 4, packages: ['express@4.17.0', '@types/express@4', '@types/node@20', 'typescript@5.4'] },
  { major: 5, packages: ['express@5', '@types/express@5', '@types/node@latest', 'typescript@6.0'] },
];

// One after the other: npm is no faster in two processes.
const consumers = [];
for (const { major, packages } of majors) {
  consumers.push({ packages, consumer: await installConsumer(`express-${major}`, ...packages) });
}

describe.each(consumers)('with $packages', ({ consumer }) => {
  const needsRegistry = it.skipIf(consumer.unreachable);

  needsRegistry('a CommonJS program receives and sends', async () => {
    expect(await consumer.node('express.cjs')).toEqual({ stdout: 'done\n', stderr: '' });
  });

  needsRegistry('an ES module receives and sends', async () => {
    expect(await consumer.node('express.mjs')).toEqual({ stdout: 'done\n', stderr: '' });
  });

  needsRegistry.each(['node16', 'nodenext'])('TypeScript programs on %s compile and run', async (module) => {
    const directory = join(consumer.directory, module);
    await mkdir(directory);
    for (const extension of ['cts', 'mts']) {
      await cp(join(consumer.directory, 'app.ts'), join(directory, `app.${extension}`));
    }
    const compilerOptions = {
      module,
      target: 'es2022',
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      esModuleInterop: true,
      skipLibCheck: false,
      outDir: 'out',
      rootDir: '.',
    };
    await writeFile(
      join(directory, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['*.cts', '*.mts'] }),
    );
    await consumer.node('node_modules/typescript/bin/tsc', '--project', directory);
    expect(await consumer.node(join(directory, 'out', 'app.cjs'))).toEqual({ stdout: 'done\n', stderr: '' });
    expect(await consumer.node(join(directory, 'out', 'app.mjs'))).toEqual({ stdout: 'done\n', stderr: '' });
  });
});
