import { invalidOption } from '../options.ts';
import { normalizePhone } from '../phone.ts';

/**
 * A phone that a test gave, in E.164.
 *
 * @throws TypeError when it cannot be international: a test that spells one wrongly should end at that line.
 */
export function requirePhone(owner: string, name: string, phone: string): string {
  const normalized = normalizePhone(phone);
  if (normalized !== undefined) return normalized;
  throw invalidOption(owner, name, phone, 'Give an international phone, such as +966501234567.');
}
