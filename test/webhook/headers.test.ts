import { describe, expect, it } from 'vitest';
import { headerReader } from '../../src/webhook/headers.ts';

const NAME = 'x-whatsapp-gateway-signature';

describe('headerReader', () => {
  it.each([
    ['Node', { [NAME]: 'one' }],
    ['Fetch', new Headers({ 'X-WhatsApp-Gateway-Signature': 'one' })],
    ['a Lambda function', { 'X-WhatsApp-Gateway-Signature': 'one' }],
    ['a proxy that shouts', { 'X-WHATSAPP-GATEWAY-SIGNATURE': 'one' }],
    ['a platform that lists every value', { 'X-WhatsApp-Gateway-Signature': ['one'] }],
    ['an object without prototype', Object.assign(Object.create(null), { [NAME]: 'one' })],
  ])('reads a header of %s', (_name, headers) => {
    expect(headerReader(headers)(NAME)).toBe('one');
  });

  it.each([
    ['Node', {}],
    ['Node, present but undefined', { [NAME]: undefined }],
    ['Fetch', new Headers()],
    ['a platform that lists every value', { [NAME]: [] }],
    ['an object whose prototype has it', Object.create({ 'X-WhatsApp-Gateway-Signature': 'inherited' })],
  ])('answers undefined for a header that %s does not have', (_name, headers) => {
    expect(headerReader(headers)(NAME)).toBeUndefined();
  });

  it.each([
    ['a list', { [NAME]: ['one', 'two'] }],
    ['a list under other capitals', { 'X-WhatsApp-Gateway-Signature': ['one', 'two'] }],
    ['two spellings', { 'X-WhatsApp-Gateway-Signature': 'one', 'X-WHATSAPP-GATEWAY-SIGNATURE': 'two' }],
    ['two spellings, one in lower case', { [NAME]: 'one', 'X-WhatsApp-Gateway-Signature': 'two' }],
    [
      'Fetch',
      new Headers([
        [NAME, 'one'],
        [NAME, 'two'],
      ]),
    ],
  ])('joins a header that came twice, as %s', (_name, headers) => {
    expect(headerReader(headers)(NAME)).toBe('one, two');
  });

  it('takes one that is null for an empty one', () => {
    expect(headerReader({ [NAME]: null as never })(NAME)).toBe('');
  });

  it('takes a header called get for no Fetch Headers', () => {
    expect(headerReader({ get: 'one', [NAME]: 'two' })(NAME)).toBe('two');
  });
});
