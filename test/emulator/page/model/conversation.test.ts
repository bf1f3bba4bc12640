import { describe, expect, it } from 'vitest';
import { conversationWith, sendFate } from '../../../../src/emulator/page/model/conversation.ts';
import { familyOf } from '../../../../src/emulator/page/model/family.ts';
import { deliveryRecord, requestRecord } from '../../../../src/emulator/page/model/record.ts';
import { delivery, PHONE, request } from './records.ts';

const original = delivery('1', { from: '966501234567', text: 'hello' });
const again = delivery('2', { text: 'hello', resendOf: '1', origin: 'resend' });
const edited = delivery('3', { text: 'hello!', resendOf: '2', origin: 'resend' });
const optOut = delivery('4', { event: 'recipient.opted_out', text: null });
const others = delivery('5', { from: '+447700900123' });
const records = [
  ...[original, again, edited, optOut, others].map(deliveryRecord),
  requestRecord(request('1')),
];

describe('a conversation', () => {
  it('has what one customer wrote and got, without resends of the same text', () => {
    const lines = conversationWith(PHONE, records).map(({ type, key }) => `${type} ${key}`);
    expect(lines).toEqual([
      'customer delivery:1',
      'customer delivery:3',
      'event delivery:4',
      'app request:1',
    ]);
  });

  it('tells whether a message was sent and whether the app knows', () => {
    expect(sendFate(request('1'))).toBe('sent');
    expect(sendFate(request('1', { messageId: null, code: 'policy_violation' }))).toBe('refused');
    expect(sendFate(request('1', { answer: null }))).toBe('sent-but-hidden');
    expect(sendFate(request('1', { code: 'unknown_error' }))).toBe('sent-but-hidden');
    const cut = { status: 200, headers: {}, bodyText: '{"succ' };
    expect(sendFate(request('1', { answer: cut }))).toBe('sent-but-hidden');
    const html = { status: 502, headers: {}, bodyText: '<html>' };
    expect(sendFate(request('1', { answer: html }))).toBe('sent-but-hidden');
  });

  it('finds the deliveries of one event from any of them', () => {
    for (const member of [original, again, edited]) {
      expect(familyOf(member, records).map(({ id }) => id)).toEqual(['1', '2', '3']);
    }
    expect(familyOf(others, records)).toEqual([others]);
  });

  it('finds a family whose first delivery is forgotten', () => {
    expect(familyOf(edited, [again, edited].map(deliveryRecord)).map(({ id }) => id)).toEqual(['2', '3']);
  });
});
