import { describe, expect, it } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import type { HealthJson, StateJson } from '../../../src/emulator/control/json-types.ts';
import { PHONE, send } from '../gateway.ts';
import { startControlled } from './support/api.ts';

describe('GET /health', () => {
  it('says that it is an emulator, and of which version', async () => {
    const { api } = await startControlled();
    expect(await api.get<HealthJson>('/health')).toEqual({
      status: 'ok',
      name: 'whatsapp-gateway-emulator',
      version: manifest.version,
    });
  });
});

describe('GET /state', () => {
  it('shows the account and the settings, key and secret masked', async () => {
    const { api, gateway } = await startControlled({ apiKey: 'emu_key_0123456789abcdef', bodyStyle: 'js' });
    const state = await api.get<StateJson>('/state');
    expect(state).toEqual({
      url: gateway.url,
      version: manifest.version,
      instanceId: 'emu_instance',
      instanceState: 'open',
      apiKeyMasked: 'emu_key_…cdef',
      keyRevoked: false,
      plan: 'starter',
      usage: { day: { used: 0, limit: 100 }, month: { used: 0, limit: 2_000 } },
      throttle: null,
      webhook: { url: gateway.state.webhook?.url, secretMasked: '…' },
      bodyStyle: 'js',
      timestampStyle: 'iso',
      clock: { now: expect.any(String), offsetMs: 0 },
      suppressed: [],
    });
  });

  it('counts what was sent, and lists who opted out', async () => {
    const { api, gateway } = await startControlled();
    await send(gateway);
    await gateway.customer(PHONE).optsOut();
    const { usage, suppressed } = await api.get<StateJson>('/state');
    expect([usage.day.used, usage.month.used, suppressed]).toEqual([1, 1, [PHONE]]);
  });

  it('has no webhook where none is set, and no limits on the plan without', async () => {
    const { api, gateway } = await startControlled({
      plan: 'unlimited',
      throttle: { limit: 3, perSeconds: 1 },
    });
    gateway.update({ webhook: null });
    expect(await api.get<StateJson>('/state')).toMatchObject({
      webhook: null,
      usage: { day: { limit: null }, month: { limit: null } },
      throttle: { limit: 3, perSeconds: 1 },
    });
  });
});

describe('PATCH /state', () => {
  const changes = {
    instanceState: 'close',
    keyRevoked: true,
    plan: 'scale',
    throttle: { limit: 5, perSeconds: 0.5 },
    bodyStyle: 'pretty',
    timestampStyle: 'milliseconds',
  };

  it('changes what is given, and answers how it stands', async () => {
    const { api, gateway } = await startControlled();
    const webhook = { url: 'http://127.0.0.1:9/hook', secret: 'a new secret, long enough' };
    const { status, body } = await api.call<StateJson>('PATCH', '/state', { ...changes, webhook });
    expect(status).toBe(200);
    expect(body).toMatchObject({ ...changes, webhook: { url: webhook.url, secretMasked: '…ough' } });
    expect(gateway.webhookSecret).toBe(webhook.secret);
    expect(await api.get('/state')).toMatchObject(changes);
  });

  it('leaves the rest as it is', async () => {
    const { api, gateway } = await startControlled();
    const before = await api.get<StateJson>('/state');
    const { body } = await api.call<StateJson>('PATCH', '/state', { plan: 'growth' });
    expect(body).toMatchObject({ webhook: before.webhook, bodyStyle: before.bodyStyle });
    await api.call('PATCH', '/state', { webhook: { url: 'http://127.0.0.1:9/hook' } });
    expect(gateway.webhookSecret).toBe('whsec_سر');
  });

  it('takes the webhook and the throttle away by null', async () => {
    const { api } = await startControlled({ throttle: { limit: 1, perSeconds: 1 } });
    const { body } = await api.call<StateJson>('PATCH', '/state', { webhook: null, throttle: null });
    expect(body).toMatchObject({ webhook: null, throttle: null });
  });

  it('takes numbers off the suppression list', async () => {
    const { api, gateway } = await startControlled();
    gateway.suppress(PHONE);
    gateway.suppress('+966500000000');
    const { body } = await api.call<StateJson>('PATCH', '/state', { unsuppress: [`00${PHONE.slice(1)}`] });
    expect(body.suppressed).toEqual(['+966500000000']);
  });

  it.each([
    [{ plan: 'large' }, 'PATCH /state: plan cannot be used. Give one of starter, growth, scale, unlimited.'],
    [{ keyRevoked: 'yes' }, 'PATCH /state: keyRevoked cannot be used. Give true or false.'],
    [{ throtle: null }, 'PATCH /state: there is no option "throtle". Did you mean throttle?'],
    [{ throttle: { limit: 1 } }, 'PATCH /state: throttle.perSeconds is missing.'],
    [
      { throttle: { limit: 1, perSecond: 1 } },
      'PATCH /state: throttle: there is no option "perSecond". Did you mean perSeconds?',
    ],
    [{ throttle: { limit: 1, perSeconds: 0 } }, 'Give a number of seconds above 0.'],
    [{ webhook: { url: 'http://127.0.0.1:9/', secrt: '' } }, 'Did you mean secret?'],
    [{ webhook: { url: 'https://example.com/hook' } }, 'Give a loopback address'],
    [{ unsuppress: ['05'] }, 'Give an international phone'],
    [{ unsuppress: [1] }, 'PATCH /state: unsuppress.0 cannot be used. Give a string.'],
    [{ suppressed: [] }, 'there is no option "suppressed". The options are instanceState, keyRevoked,'],
  ])('refuses %j, and changes nothing', async (wrong, message) => {
    const { api } = await startControlled();
    const before = await api.get<StateJson>('/state');
    const [status, code, text] = await api.refusal('PATCH', '/state', { bodyStyle: 'js', ...wrong });
    expect([status, code]).toEqual([400, 'invalid_body']);
    expect(text).toContain(message);
    const after = await api.get<StateJson>('/state');
    expect({ ...after, clock: before.clock }).toEqual(before);
  });

  it('never repeats a secret that it refuses', async () => {
    const { api } = await startControlled();
    for (const secret of [['hush-hush-hush'], { a: 'hush-hush-hush' }]) {
      const [, , message] = await api.refusal('PATCH', '/state', {
        webhook: { url: 'http://127.0.0.1:9/', secret },
      });
      expect(message).toBe('PATCH /state: webhook.secret cannot be used. Give a string.');
    }
  });
});

describe('POST /reset', () => {
  it('forgets what happened, and keeps the webhook', async () => {
    const { api, gateway } = await startControlled();
    await send(gateway);
    await gateway.customer(PHONE).optsOut();
    gateway.faults.add({ on: 'send', type: 'reset' });
    await gateway.clock.advance('2d');
    const { status, body } = await api.call<StateJson>('POST', '/reset', {});
    expect(status).toBe(200);
    expect(body).toMatchObject({ usage: { day: { used: 0 } }, suppressed: [], clock: { offsetMs: 0 } });
    expect(body.webhook).not.toBeNull();
    for (const list of ['/messages', '/requests', '/deliveries', '/faults']) {
      expect(await api.get(list)).toEqual({ items: [], before: null });
    }
  });

  it('needs no body, and takes no fields', async () => {
    const { api } = await startControlled();
    expect((await api.call('POST', '/reset', '')).status).toBe(200);
    expect(await api.refusal('POST', '/reset', { hard: true })).toEqual([
      400,
      'invalid_body',
      'POST /reset: hard is unknown. This takes no fields.',
    ]);
  });
});
