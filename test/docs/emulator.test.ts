import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { emulatorAssumptions } from '../../src/emulator/assumptions.ts';
import { exitCodes } from '../../src/emulator/cli/exit-codes.ts';

const WHITE_SPACE = /\s+/gu;

const page = readFileSync(new URL('../../docs/emulator.md', import.meta.url), 'utf8');
const text = page.replace(WHITE_SPACE, ' ');

describe('docs/emulator.md', () => {
  it.each(emulatorAssumptions)('names the assumption: %s', (assumption) => {
    expect(text).toContain(assumption);
  });

  it.each(Object.values(exitCodes))('explains exit code %i', (code) => {
    expect(page).toContain(`\n| ${code} | `);
  });
});
