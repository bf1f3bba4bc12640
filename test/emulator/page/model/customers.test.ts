import { describe, expect, it } from 'vitest';
import {
  everybody,
  firstCustomers,
  loadCustomers,
  readPhone,
  saveCustomers,
} from '../../../../src/emulator/page/model/customers.ts';

const ARABIC_LETTER = /\p{Script=Arabic}/u;
const noura = { phone: '+966507778899', name: 'نورة' };

describe('the customers', () => {
  it('begin with an Arabic name', () => {
    expect(firstCustomers[0]?.name).toMatch(ARABIC_LETTER);
  });

  it.each([
    ['+966 50 123-4567', '+966501234567'],
    ['00966501234567', '+966501234567'],
    ['٠٠٩٦٦٥٠١٢٣٤٥٦٧', '+966501234567'],
    ['+۹۶۶۵۰۱۲۳۴۵۶۷', '+966501234567'],
    ['\u202a+966501234567\u202c', '+966501234567'],
    ['0501234567', null],
    ['12', null],
    ['++966501234567', null],
    ['+966501234567x', null],
  ])('read %s as %s', (typed, phone) => {
    expect(readPhone(typed)).toBe(phone);
  });

  it('are everybody once: the first, the added, the seen', () => {
    const all = everybody([noura], ['+966501234567', noura.phone, '+15550001111']);
    expect(all.slice(firstCustomers.length)).toEqual([noura, { phone: '+15550001111', name: null }]);
  });

  it('are remembered, and a memory that holds something else is none', () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    expect(loadCustomers(storage)).toEqual([]);
    saveCustomers(storage, [noura]);
    expect(loadCustomers(storage)).toEqual([noura]);
    for (const wrong of ['{', '{}', '[1,{"phone":"x","name":null},{"phone":"+15550001111","name":5}]']) {
      for (const key of kept.keys()) kept.set(key, wrong);
      expect(loadCustomers(storage)).toEqual([]);
    }
  });
});
