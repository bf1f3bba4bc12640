/** Somebody whom the page can play. */
export interface Customer {
  /** E.164 with plus. */
  readonly phone: string;
  /** `null` for one who is known by number only. */
  readonly name: string | null;
}

/** Who is there at first: an Arabic name first, because right-to-left is what goes wrong unseen. */
export const firstCustomers: readonly Customer[] = [
  { phone: '+966501234567', name: 'ليلى العتيبي' },
  { phone: '+966559876543', name: 'Faisal Al-Harbi' },
  { phone: '+971501112233', name: 'سارة المنصوري' },
  { phone: '+447700900123', name: 'Emma Clarke' },
];

/** As much of `localStorage` as is used. */
export interface CustomerStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const STORAGE_KEY = 'emulator.customers';
const PHONE = /^\+[1-9][0-9]{6,14}$/u;
const SEPARATORS = /[\s\-().]/gu;
const DIRECTION_MARKS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const ARABIC_DIGIT = /[\u0660-\u0669\u06f0-\u06f9]/gu;
const DIGIT_BITS = 0xf;

/** Reads a phone number as people type it, Arabic digits included; `null` when it cannot be international. */
export function readPhone(typed: string): string | null {
  const ascii = typed
    .normalize('NFC')
    .replace(ARABIC_DIGIT, (digit) => String(digit.charCodeAt(0) & DIGIT_BITS))
    .replace(DIRECTION_MARKS, '')
    .replace(SEPARATORS, '');
  const digits = ascii.startsWith('00') ? ascii.slice(2) : ascii.replace('+', '');
  const phone = `+${digits}`;
  return PHONE.test(phone) ? phone : null;
}

function isCustomer(value: unknown): value is Customer {
  if (typeof value !== 'object' || value === null) return false;
  const { phone, name } = value as { phone?: unknown; name?: unknown };
  return typeof phone === 'string' && PHONE.test(phone) && (name === null || typeof name === 'string');
}

/** Those who were added by hand, from the browser's memory; none when it holds anything else. */
export function loadCustomers(storage: Pick<CustomerStorage, 'getItem'>): readonly Customer[] {
  try {
    const stored: unknown = JSON.parse(storage.getItem(STORAGE_KEY) ?? '[]');
    return Array.isArray(stored) ? stored.filter(isCustomer) : [];
  } catch {
    return [];
  }
}

export function saveCustomers(storage: Pick<CustomerStorage, 'setItem'>, added: readonly Customer[]): void {
  try {
    storage.setItem(STORAGE_KEY, JSON.stringify(added));
  } catch {
    // A full or forbidden storage only means that the page forgets them.
  }
}

/** Everybody once: the first ones, those who were added, and who else occurs in the traffic. */
export function everybody(added: readonly Customer[], seen: readonly string[]): readonly Customer[] {
  const byPhone = new Map<string, Customer>();
  for (const customer of [...firstCustomers, ...added, ...seen.map((phone) => ({ phone, name: null }))]) {
    if (!byPhone.has(customer.phone)) byPhone.set(customer.phone, customer);
  }
  return [...byPhone.values()];
}
