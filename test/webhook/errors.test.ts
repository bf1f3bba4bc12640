import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { type WebhookErrorCode, webhookErrorStatuses } from '../../src/protocol.ts';
import { isWebhookError, WebhookError } from '../../src/webhook/errors.ts';

const codes = Object.keys(webhookErrorStatuses) as WebhookErrorCode[];

describe('WebhookError', () => {
  it.each(codes)('%s carries its status, code, name and cause', (code) => {
    const cause = new Error('why');
    const error = new WebhookError(code, 'what happened', { cause });
    expect(error).toMatchObject({ name: 'WebhookError', code, status: webhookErrorStatuses[code], cause });
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toBe('WebhookError: what happened');
  });

  it.each(codes)('%s carries the response headers of its status', (code) => {
    const { headers, status } = new WebhookError(code, '');
    if (status === 503) expect(headers).toEqual({ 'Retry-After': '5' });
    else expect(headers).toEqual(status === 405 ? { Allow: 'POST' } : {});
  });

  it('keeps its cause out of JSON', () => {
    const error = new WebhookError('handler_failed', 'it failed', { cause: new Error('+966501234567') });
    expect(JSON.stringify(error)).not.toContain('966501234567');
    expect(inspect(error)).toContain('966501234567');
  });
});

describe('isWebhookError', () => {
  it('knows an error of another copy of this package, which instanceof does not', async () => {
    vi.resetModules();
    const copy = await import('../../src/webhook/errors.ts');
    const error = new copy.WebhookError('invalid_json', '');
    expect(error).not.toBeInstanceOf(WebhookError);
    expect(isWebhookError(error)).toBe(true);
    expect(copy.isWebhookError(new WebhookError('invalid_json', ''))).toBe(true);
  });

  it.each([
    undefined,
    null,
    'WebhookError',
    0,
    new Error('x'),
    Object.assign(new Error('x'), { name: 'WebhookError', code: 'invalid_json', status: 400 }),
    {},
    () => undefined,
  ])('denies %s', (value) => {
    expect(isWebhookError(value)).toBe(false);
  });
});
