import { describe, expect, it } from 'vitest';
import { type CheckOptions, runCheck } from '../../../src/emulator/check/index.ts';
import { resolveCheckOptions } from '../../../src/emulator/check/options.ts';

const url = 'http://127.0.0.1:3000/webhook';
const secret = 'whsec_of_the_test';

describe('the options of check', () => {
  it.each([
    ['http://localhost:3000/webhook'],
    ['http://127.9.9.9/webhook'],
    ['https://[::1]:3443/webhook'],
    ['http://shop.localhost/webhook'],
  ])('let the loopback address %s through', (loopback) => {
    expect(resolveCheckOptions({ url: loopback, secret }).url.href).toBe(loopback);
  });

  it('refuse any other machine unless it is allowed', () => {
    const remote = 'https://user:password@shop.example/webhook';
    expect(() => resolveCheckOptions({ url: remote, secret })).toThrow(
      'option url is "shop.example". Give a loopback address',
    );
    expect(resolveCheckOptions({ url: remote, secret, allowRemote: true }).url.hostname).toBe('shop.example');
  });

  it('reject a check before anything is sent', async () => {
    await expect(runCheck({ url: 'http://10.0.0.1/webhook', secret })).rejects.toThrow(TypeError);
  });

  it.each<[string, unknown, string]>([
    ['an address with no protocol', { url: '127.0.0.1:3000/webhook' }, 'Give the whole address'],
    ['another protocol', { url: 'ftp://127.0.0.1/webhook' }, 'Give the whole address'],
    ['an empty secret', { secret: '' }, 'option secret'],
    ['a secret with white space round it', { secret: `${secret}\n` }, 'no white space round it'],
    ['no secret', { secret: undefined }, 'option secret is "undefined"'],
    ['an empty instance', { instanceId: '' }, 'option instanceId'],
    ['a time limit of zero', { timeoutMs: 0 }, 'option timeoutMs is 0'],
    ['a phone that is none', { failingFrom: 'me' }, 'option failingFrom is "me"'],
    ['a count that is no function', { countEffects: 3 }, 'option countEffects is 3'],
    ['a permission that is no boolean', { allowRemote: 'yes' }, 'option allowRemote is "yes"'],
    ['an option that does not exist', { timeout: 1 }, 'Did you mean timeoutMs?'],
  ])('refuse %s', (_name, changes, message) => {
    const options = { url, secret, ...(changes as object) } as CheckOptions;
    expect(() => resolveCheckOptions(options)).toThrow(message);
  });

  it('never show the secret', () => {
    const options = { url, secret: ` ${secret}` };
    expect(() => resolveCheckOptions(options)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining(secret) }),
    );
  });
});
