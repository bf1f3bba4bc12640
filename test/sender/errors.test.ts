import { inspect } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import * as errors from '../../src/sender/errors.ts';

const { isSendError, SendError, SendInputError, SendThrottledError } = errors;
const FIELDS = { code: 'timeout', outcome: 'unknown' } as const;

describe('SendError', () => {
  const classes = Object.values(errors).filter((value) => value !== isSendError) as (typeof SendError)[];

  test.each(classes.map((type) => [type.name, type] as const))(
    '%s is named after its class',
    (name, type) => {
      const error = new type('What happened', FIELDS);
      expect(error).toBeInstanceOf(SendError);
      expect(error).toBeInstanceOf(Error);
      expect(error.name).toBe(name);
      expect(isSendError(error)).toBe(true);
      expect(inspect(error)).toContain(name);
      expect(classes).toHaveLength(11);
    },
  );

  test('is never retryable where the outcome is unknown', () => {
    expect(new SendThrottledError('x', { ...FIELDS, retryable: true }).retryable).toBe(false);
    expect(new SendThrottledError('x', { code: 'x', outcome: 'not_sent', retryable: true }).retryable).toBe(
      true,
    );
    expect(new SendThrottledError('x', { code: 'x', outcome: 'not_sent' }).retryable).toBe(false);
  });

  test('has no cause where there is none', () => {
    expect('cause' in new SendError('x', FIELDS)).toBe(false);
    expect(new SendError('x', { ...FIELDS, cause: null }).cause).toBeNull();
  });

  test('keeps what programs need in JSON', () => {
    const error = new SendInputError('x', { ...FIELDS, status: 422, attempts: 1, details: { limit: 5 } });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'SendInputError',
      code: 'timeout',
      outcome: 'unknown',
      retryable: false,
      status: 422,
      details: { limit: 5 },
      attempts: 1,
    });
  });
});

describe('isSendError', () => {
  test('goes by a mark that every version of this package knows', () => {
    const mark = Symbol.for('express-whatsapp-gateway.SendError');
    expect(mark in new SendError('x', FIELDS)).toBe(true);
    expect(isSendError({ [mark]: true })).toBe(true);
  });

  test('knows the errors of another copy of this package', async () => {
    vi.resetModules();
    const copy = await import('../../src/sender/errors.ts');
    const error = new copy.SendTimeoutError('x', FIELDS);
    expect(error).not.toBeInstanceOf(SendError);
    expect(isSendError(error)).toBe(true);
    expect(copy.isSendError(new SendError('x', FIELDS))).toBe(true);
  });

  test.each([
    undefined,
    null,
    'SendError',
    0,
    {},
    new Error('SendError'),
    { name: 'SendError', code: 'timeout' },
  ])('does not take %s for one', (value) => {
    expect(isSendError(value)).toBe(false);
  });
});
