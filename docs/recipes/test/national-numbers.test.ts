import { normalizePhone } from 'express-whatsapp-gateway';
import { expect, it } from 'vitest';
import { nationalNumbers } from '../national-numbers.ts';
import { PHONE, senderTo, startGateway } from './support/gateway.ts';

const toE164 = nationalNumbers('SA');

it.each([
  ['0501234567', PHONE],
  ['501234567', PHONE],
  ['٠٥٠١٢٣٤٥٦٧', PHONE],
  ['050 123-4567', PHONE],
  ['966501234567', PHONE],
  ['+966501234567', PHONE],
  ['00966501234567', PHONE],
  ['966501234567@s.whatsapp.net', PHONE],
  ['0112345678', '+966112345678'],
  ['201001234567', '+201001234567'],
  ['+201001234567', '+201001234567'],
  ['00442079460958', '+442079460958'],
])('reads %s as %s', (phone, expected) => {
  expect(toE164(phone)).toBe(expected);
});

it.each(['', 'call me', '05012345', '0123', '+96650123456', '999999999999999'])('refuses %j', (phone) => {
  expect(toE164(phone)).toBeUndefined();
});

it('knows what the package alone refuses or takes for another country', () => {
  expect(normalizePhone('0501234567')).toBeUndefined();
  expect(normalizePhone('501234567')).toBe('+501234567');
});

it('lets a sender write to a national number, and asks for opt-outs in E.164', async () => {
  const gateway = await startGateway();
  const asked: string[] = [];
  const isSuppressed = (phone: string) => {
    asked.push(phone);
    return false;
  };
  const sender = senderTo(gateway, { normalizePhone: toE164, isSuppressed });
  await sender.send({ phone: '0501234567', message: 'طلبك جاهز.', purpose: 'transactional' });
  expect(asked).toEqual([PHONE]);
  expect(gateway.messages.map(({ phone }) => phone)).toEqual([PHONE]);
});
