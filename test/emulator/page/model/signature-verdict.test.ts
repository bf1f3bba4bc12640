import { describe, expect, it } from 'vitest';
import { judgeCheck, judgeSignature } from '../../../../src/emulator/page/model/signature-verdict.ts';
import { firstDifference, markDifference } from '../../../../src/emulator/page/model/text-difference.ts';

const expected = `sha256=${'ab'.repeat(32)}`;
const right = { timestampHeader: 't', signedText: 't.{}', expected, sent: expected, ageSeconds: 0 };
const answer = (status: number) => ({ status, headers: {}, bodyText: '' });

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
    expect(judgeCheck('right', answer(200))).toBe('agrees');
    expect(judgeCheck('right', answer(500))).toBe('agrees');
    expect(judgeCheck('right', answer(401))).toBe('refused-right');
    expect(judgeCheck('right', answer(401), 25 * 3_600_000)).toBe('refused-moved');
    expect(judgeCheck('different', answer(401))).toBe('agrees');
    expect(judgeCheck('different', answer(200))).toBe('accepted-wrong');
    expect(judgeCheck('missing', null)).toBe('unknown');
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
