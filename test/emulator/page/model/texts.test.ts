import { describe, expect, it } from 'vitest';
import { deliveryFaultTypes, sendFaultTypes } from '../../../../src/emulator/fault-fields.ts';
import { ar } from '../../../../src/emulator/page/i18n/ar.ts';
import { en } from '../../../../src/emulator/page/i18n/en.ts';
import { faultTypes } from '../../../../src/emulator/page/model/fault-types.ts';
import { spanText } from '../../../../src/emulator/page/model/time-text.ts';

const LATIN_ONLY = /^[\p{Script=Latin}\p{Script=Common}]+$/u;
/** Names, not words. */
const SAME_IN_BOTH = ['en.plans.starter', 'en.plans.growth', 'en.plans.scale'];

function untranslated(english: object, arabic: object, path: string): readonly string[] {
  return Object.entries(english).flatMap(([key, value]) => {
    const other: unknown = Reflect.get(arabic, key);
    const here = `${path}.${key}`;
    if (typeof value === 'object' && value !== null) return untranslated(value, Object(other), here);
    if (
      typeof value === 'string' &&
      value !== '' &&
      key !== 'otherLanguage' &&
      LATIN_ONLY.test(String(other))
    ) {
      return [here];
    }
    return [];
  });
}

describe('the texts', () => {
  it('are all there in Arabic', () => {
    expect(untranslated(en, ar, 'en').filter((path) => !SAME_IN_BOTH.includes(path))).toEqual([]);
  });

  it('count in all the forms that Arabic has', () => {
    const forms = [0, 1, 2, 3, 11, 100].map(ar.attempts);
    expect(forms).toEqual(['لا محاولات', 'محاولة واحدة', 'محاولتان', '3 محاولات', '11 محاولة', '100 محاولة']);
    expect([1, 2].map(en.attempts)).toEqual(['1 attempt', '2 attempts']);
  });

  it('say a span as people do', () => {
    const spans = [0, 850, 1_250, 90 * 60_000, 25 * 3_600_000, -3_600_000].map(spanText);
    expect(spans).toEqual(['0 ms', '850 ms', '1.3 s', '1 h 30 min', '25 h', '−1 h']);
  });
});

describe('the faults on offer', () => {
  it('are those that the emulator has, each with a name in both languages', () => {
    expect(faultTypes.send.map(({ type }) => type)).toEqual(sendFaultTypes);
    expect(faultTypes.delivery.map(({ type }) => type)).toEqual(deliveryFaultTypes);
    for (const { type } of [...faultTypes.send, ...faultTypes.delivery]) {
      expect(en.faultTypes[type], type).toBeDefined();
      expect(ar.faultTypes[type], type).toBeDefined();
    }
  });
});
