import { describe, expect, it } from 'vitest';
import {
  type CheckVerdict,
  judgeCheck,
  judgeSignature,
  type SignatureVerdict,
} from '../../../../src/emulator/page/model/signature-verdict.ts';
import { firstDifference, markDifference } from '../../../../src/emulator/page/model/text-difference.ts';

const expected = `sha256=${'ab'.repeat(32)}`;
const right = { timestampHeader: 't', signedText: 't.{}', expected, sent: expected, ageSeconds: 0 };
const AT = Date.parse('2026-05-08T10:00:00Z');
const MINUTE_MS = 60_000;

/** An attempt that was answered, as it looks a while after it was made. */
function judge(verdict: SignatureVerdict, status: number, laterMs = 0): CheckVerdict {
  const response = { status, headers: {}, bodyText: '' };
  return judgeCheck(verdict, { at: new Date(AT).toISOString(), response }, AT + laterMs);
}

describe('the verdict on a signature', () => {
  it.each([
    ['right', {}],
    ['right', { ageSeconds: 300 }],
    ['right', { ageSeconds: -300 }],
    ['too-old', { ageSeconds: 301 }],
    ['too-new', { ageSeconds: -301 }],
    ['missing', { sent: null }],
    ['no-timestamp', { timestampHeader: null }],
    ['too-short', { sent: expected.slice(0, -2) }],
    ['different', { sent: expected.replace('ab', 'ba') }],
    ['different', { sent: `${expected}00` }],
  ])('is %s of %o', (verdict, fields) => {
    expect(judgeSignature({ ...right, ...fields })).toBe(verdict);
  });

  it('is held against what the app made of it', () => {
    expect(judge('right', 200)).toBe('agrees');
    expect(judge('right', 500)).toBe('agrees');
    expect(judge('right', 401)).toBe('refused-right');
    expect(judge('different', 401)).toBe('agrees');
    expect(judge('different', 200)).toBe('accepted-wrong');
    const unanswered = { at: new Date(AT).toISOString(), response: null };
    expect(judgeCheck('missing', unanswered, AT)).toBe('unknown');
  });

  it('blames the moved clock only where the attempt lies ahead of this computer', () => {
    expect(judge('right', 401, -6 * MINUTE_MS)).toBe('refused-moved');
    expect(judge('right', 401, -5 * MINUTE_MS)).toBe('refused-right');
    expect(judge('right', 401, 60 * MINUTE_MS)).toBe('refused-right');
    expect(judge('right', 200, -60 * MINUTE_MS)).toBe('agrees');
  });
});

describe('the difference of two texts', () => {
  it('is marked stretch by stretch', () => {
    expect(markDifference('abcdef', 'abXXef')).toEqual([
      { text: 'ab', same: true },
      { text: 'cd', same: false },
      { text: 'ef', same: true },
    ]);
    expect(markDifference('abc', 'ab')).toEqual([
      { text: 'ab', same: true },
      { text: 'c', same: false },
    ]);
    expect(markDifference('', 'ab')).toEqual([]);
    expect(markDifference('ab', 'ab')).toEqual([{ text: 'ab', same: true }]);
  });

  it('has a first place, counted from 1', () => {
    expect(firstDifference('abc', 'abc')).toBeNull();
    expect(firstDifference('abc', 'aXc')).toBe(2);
    expect(firstDifference('abc', 'ab')).toBe(3);
    expect(firstDifference('', 'a')).toBe(1);
  });
});
