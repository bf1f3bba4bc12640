import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../src/emulator/options.ts';
import { resolveWebhook } from '../../src/emulator/webhook-target.ts';

const OWN_KEY = /^emu_key_[0-9a-f]{24}$/u;
const OWN_SECRET = /^emu_secret_[0-9a-f]{24}$/u;
const secret = 'whsec_very_secret';
const local = { allowRemote: false, secret: 'emu_secret_so_far' };

describe('options of startGatewayEmulator', () => {
  it('have a default each, and a key of its own for each emulator', () => {
    const config = resolveOptions({});
    expect(config).toMatchObject({
      instanceId: 'emu_instance',
      host: '127.0.0.1',
      port: 0,
      allowRemote: false,
      webhookUrl: undefined,
      bodyStyle: 'php',
      timestampStyle: 'iso',
      plan: 'starter',
      throttle: undefined,
      retryDelaysMs: [5_000, 30_000, 120_000, 600_000],
      seed: 1,
      now: Date.now,
      historyLimit: 1_000,
    });
    expect(config.webhookSecret).toMatch(OWN_SECRET);
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
    [{ host: '' }, 'host is ""'],
    [{ host: '0.0.0.0' }, 'host is "0.0.0.0". Give a loopback address'],
    [{ host: 'example.com' }, 'or set allowRemote'],
    [{ allowRemote: 'yes' }, 'allowRemote is "yes". Give true or false.'],
    [{ webhookSecret: '' }, 'webhookSecret is ""'],
    [{ timestampStyle: 'rfc' }, 'Give one of iso, seconds, milliseconds.'],
    [{ plan: 'free' }, 'plan is "free". Give one of starter, growth, scale, unlimited.'],
    [{ throttle: true }, 'the options are true'],
    [{ throttle: { limit: 1 } }, 'perSeconds is undefined'],
    [{ throttle: { perSeconds: 1 } }, 'limit is undefined'],
    [{ throttle: { limit: -1, perSeconds: 1 } }, 'limit is -1'],
    [{ retries: true }, 'the options are true'],
    [{ retries: { attempts: 0 } }, 'attempts is 0'],
    [{ retries: { delaysMs: [] } }, 'delaysMs is an array. Give milliseconds, one number at least.'],
    [{ retries: { delaysMs: [-1] } }, 'delaysMs is an array'],
    [{ retries: { delayMs: 5 } }, 'Did you mean delaysMs?'],
    [{ seed: 0.5 }, 'seed is 0.5'],
    [{ now: 5 }, 'now is 5'],
    [{ historyLimit: 0 }, 'historyLimit is 0'],
    [{ bodyStyle: 'xml' }, 'bodyStyle is "xml". Give one of php, js, pretty.'],
    [{ webhook: 'http://127.0.0.1' }, 'the options are a text. Pass an object: { url: … }'],
    [{ webhook: { url: 'http://127.0.0.1', secrte: 'x' } }, 'Did you mean secret?'],
  ])('refuse %o', (options, message) => {
    expect(() => resolveOptions(options as never)).toThrow(TypeError);
    expect(() => resolveOptions(options as never)).toThrow(message);
  });

  it.each([
    [false, []],
    [{ attempts: 1 }, []],
    [{ attempts: 3, delaysMs: [10] }, [10, 10]],
    [{ attempts: 6 }, [5_000, 30_000, 120_000, 600_000, 600_000]],
  ] as const)('make of retries %o the waits %o', (retries, delays) => {
    expect(resolveOptions({ retries }).retryDelaysMs).toEqual(delays);
  });

  it.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1'])('take the loopback address %s', (host) => {
    expect(resolveOptions({ host }).host).toBe(host);
  });

  it('take any address where that is allowed', () => {
    expect(resolveOptions({ host: '0.0.0.0', allowRemote: true }).host).toBe('0.0.0.0');
  });

  it('take the secret from the webhook first', () => {
    const webhook = { url: 'http://127.0.0.1:1/', secret };
    expect(resolveOptions({ webhook, webhookSecret: 'other' }).webhookSecret).toBe(secret);
    expect(resolveOptions({ webhook: { url: webhook.url }, webhookSecret: 'other' }).webhookSecret).toBe(
      'other',
    );
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
    expect(resolveWebhook('setWebhook', { url, secret }, local)).toEqual({ url, secret });
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
    expect(() => resolveWebhook('setWebhook', { url, secret }, local)).toThrow('loopback');
  });

  it.each(['', '/webhook', 'localhost:3000', 'ftp://localhost/', undefined])('cannot be at %o', (url) => {
    expect(() => resolveWebhook('setWebhook', { url, secret }, local)).toThrow('setWebhook: option url is');
  });

  it('can be anywhere where that is allowed', () => {
    const url = 'https://example.com/webhook';
    expect(resolveWebhook('setWebhook', { url, secret }, { ...local, allowRemote: true }).url).toBe(url);
  });

  it('keeps the secret so far where none is given', () => {
    const { secret: kept } = resolveWebhook('setWebhook', { url: 'http://localhost/' }, local);
    expect(kept).toBe('emu_secret_so_far');
  });

  it.each(['', null, 7])('has no secret like %o', (bad) => {
    expect(() => resolveWebhook('setWebhook', { url: 'http://localhost', secret: bad }, local)).toThrow(
      'option secret',
    );
  });
});
