import { describe, expect, it } from 'vitest';
import { tamperWithSignature } from '../../src/emulator/tamper.ts';

const right = `sha256=${'0123456789abcdef'.repeat(4)}`;

describe('tamperWithSignature', () => {
  it('leaves a signature alone where nothing is asked', () => {
    expect(tamperWithSignature(right, undefined)).toBe(right);
  });

  it('makes a wrong one of the same form', () => {
    expect(tamperWithSignature(right, 'wrong')).toBe(`sha256=${'fedcba9876543210'.repeat(4)}`);
  });

  it('truncates by one byte', () => {
    expect(tamperWithSignature(right, 'truncated')).toBe(right.slice(0, -2));
  });

  it('leaves it out', () => {
    expect(tamperWithSignature(right, 'missing')).toBeUndefined();
  });

  it('asks a function', () => {
    expect(tamperWithSignature(right, (text) => text.toUpperCase())).toBe(right.toUpperCase());
  });
});
