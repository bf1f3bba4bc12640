import { describe, expect, it } from 'vitest';
import { resolveOptions, resolveWebhook } from '../../src/emulator/options.ts';

const OWN_KEY = /^emu_[0-9a-f]{24}$/u;
const secret = 'whsec_very_secret';

describe('options of startGatewayEmulator', () => {
  it('have a default each, and a key of its own for each emulator', () => {
    const config = resolveOptions({});
    expect(config).toMatchObject({
      instanceId: 'emu_instance',
      port: 0,
      webhook: undefined,
      bodyStyle: 'php',
    });
    expect(config.apiKey).toMatch(OWN_KEY);
    expect(resolveOptions({}).apiKey).not.toBe(config.apiKey);
  });

  it('count undefined as not passed', () => {
    const options = { apiKey: undefined, instanceId: undefined, port: undefined, webhook: undefined };
    expect(resolveOptions(options as never).apiKey).toMatch(OWN_KEY);
  });

  it.each([
    [null, 'the options are null'],
    [{ apikey: 'x' }, 'Did you mean apiKey?'],
    [{ apiKey: '' }, 'apiKey is ""'],
    [{ apiKey: 7 }, 'apiKey is "number"'],
    [{ instanceId: '' }, 'instanceId is ""'],
    [{ port: -1 }, 'port is -1'],
    [{ port: 65_536 }, 'port is 65536'],
    [{ port: '80' }, 'port is "80"'],
    [{ bodyStyle: 'xml' }, 'bodyStyle is "xml". Give one of php, js, pretty.'],
    [{ webhook: 'http://127.0.0.1' }, 'the options are "http'],
    [{ webhook: { url: 'http://127.0.0.1', secrte: 'x' } }, 'Did you mean secret?'],
  ])('refuse %o', (options, message) => {
    expect(() => resolveOptions(options as never)).toThrow(TypeError);
    expect(() => resolveOptions(options as never)).toThrow(message);
  });

  it('show no key in an error', () => {
    expect(() => resolveOptions({ apiKey: 'wg_live_abc def' })).toThrow('apiKey is "[not shown]"');
  });
});

describe('the webhook of an emulator', () => {
  it.each([
    'http://127.0.0.1:3000/webhook',
    'http://127.8.9.1/',
    'http://localhost:3000/a?b=c',
    'https://app.localhost/x',
    'http://[::1]:3000/',
  ])('can be at %s', (url) => {
    expect(resolveWebhook('setWebhook', { url, secret })).toEqual({ url, secret });
  });

  it.each([
    'https://example.com/webhook',
    'http://localhost.example.com/',
    'http://127.0.0.1.example.com/',
    'http://10.0.0.1/',
    'http://0.0.0.0/',
    'http://127.0.0.1@example.com/',
    'http://[::2]/',
  ])('cannot be at %s, because the emulator forges', (url) => {
    expect(() => resolveWebhook('setWebhook', { url, secret })).toThrow('loopback');
  });

  it.each(['', '/webhook', 'localhost:3000', 'ftp://localhost/', undefined])('cannot be at %o', (url) => {
    expect(() => resolveWebhook('setWebhook', { url, secret })).toThrow('setWebhook: option url is');
  });

  it.each(['', undefined, 7])('has no secret like %o', (bad) => {
    expect(() => resolveWebhook('setWebhook', { url: 'http://localhost', secret: bad })).toThrow(
      'option secret',
    );
  });
});
