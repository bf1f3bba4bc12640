import { describe, expect, it } from 'vitest';
import type { GatewayEmulator } from '../../src/emulator/gateway.ts';
import type { GatewayEmulatorOptions } from '../../src/emulator/options.ts';
import { PHONE, type SendAnswer, send, startGateway } from './gateway.ts';

const NOON = Date.parse('2026-01-30T12:00:00Z');
const HALF_A_DAY_SECONDS = 43_200;

/** A gateway whose clock stands still at noon of 30 January. */
function atNoon(options: GatewayEmulatorOptions = {}): Promise<GatewayEmulator> {
  return startGateway({ now: () => NOON, ...options });
}

async function sendMany(gateway: GatewayEmulator, count: number): Promise<SendAnswer | undefined> {
  let last: SendAnswer | undefined;
  for (let n = 0; n < count; n += 1) last = await send(gateway);
  return last;
}

describe('fair use', () => {
  it('refuses the message after the last of the day, until the day turns in UTC', async () => {
    const gateway = await atNoon();
    expect((await sendMany(gateway, 100))?.status).toBe(200);
    const refused = await send(gateway);
    expect(refused.status).toBe(429);
    expect(refused.body).toMatchObject({
      error: 'sending_throttled',
      details: { action: 'block', limit: 100, used: 100 },
    });
    expect(refused.headers.get('retry-after')).toBe(String(HALF_A_DAY_SECONDS));
    expect(gateway.messages).toHaveLength(100);

    await gateway.clock.advance('12h');
    expect((await send(gateway)).status).toBe(200);
    expect(gateway.state.usage).toEqual({
      day: { used: 1, limit: 100 },
      month: { used: 101, limit: 2_000 },
    });
  });

  it('refuses beyond the month until the month turns', async () => {
    const gateway = await atNoon({ plan: 'unlimited' });
    await sendMany(gateway, 100);
    for (let day = 0; day < 19; day += 1) {
      await gateway.clock.set(Date.UTC(2026, 0, day + 1));
      await Promise.all(Array.from({ length: 100 }, () => send(gateway)));
    }
    gateway.update({ plan: 'starter' });
    await gateway.clock.set('2026-01-31T23:59:00Z');
    const refused = await send(gateway);
    expect(refused.body.details).toEqual({ action: 'block', limit: 2_000, used: 2_000 });
    expect(refused.headers.get('retry-after')).toBe('60');
    await gateway.clock.advance('60s');
    expect((await send(gateway)).status).toBe(200);
  });

  it('counts no refused message, and survives a clock that goes back', async () => {
    const gateway = await atNoon();
    await send(gateway, { phone: 'x' });
    await send(gateway);
    await gateway.clock.advance('2d');
    await send(gateway);
    await gateway.clock.reset();
    expect(gateway.state.usage.day).toEqual({ used: 1, limit: 100 });
  });

  it('changes with the plan, and what was sent still counts', async () => {
    const gateway = await atNoon();
    await sendMany(gateway, 100);
    gateway.update({ plan: 'growth' });
    expect((await send(gateway)).status).toBe(200);
    expect(gateway.state).toMatchObject({ plan: 'growth', usage: { day: { used: 101, limit: 500 } } });
    gateway.update({ plan: 'unlimited' });
    expect(gateway.state.usage.day).toEqual({ used: 101, limit: undefined });
  });
});

describe('throttling', () => {
  it('takes so many in so many seconds and says how long to wait', async () => {
    const gateway = await atNoon({ throttle: { limit: 2, perSeconds: 10 } });
    await send(gateway);
    await gateway.clock.advance('4s');
    await send(gateway);
    const refused = await send(gateway);
    expect(refused.status).toBe(429);
    expect(refused.body).toMatchObject({ error: 'sending_throttled', details: { limit: 2, used: 2 } });
    expect(refused.headers.get('retry-after')).toBe('6');
    await gateway.clock.advance('6s');
    expect((await send(gateway)).status).toBe(200);
    expect((await send(gateway)).status).toBe(429);
  });

  it.each([false, null] as const)('ends when it is set to %o', async (throttle) => {
    const gateway = await atNoon({ throttle: { limit: 0, perSeconds: 1 } });
    expect((await send(gateway)).status).toBe(429);
    gateway.update({ throttle });
    expect((await send(gateway)).status).toBe(200);
    expect(gateway.state.throttle).toBeUndefined();
  });
});

describe('the account', () => {
  it('refuses a revoked key, and takes it again where that is taken back', async () => {
    const gateway = await startGateway();
    gateway.update({ keyRevoked: true });
    expect(await send(gateway)).toMatchObject({ status: 401, body: { error: 'revoked_api_key' } });
    gateway.update({ keyRevoked: false });
    expect((await send(gateway)).status).toBe(200);
  });

  it('refuses while the instance is not connected', async () => {
    const gateway = await startGateway();
    gateway.update({ instanceState: 'close' });
    expect(await send(gateway)).toMatchObject({ status: 404, body: { error: 'invalid_instance' } });
    gateway.update({ instanceState: 'open' });
    expect((await send(gateway)).status).toBe(200);
  });

  it('suppresses and lets go again, under any spelling', async () => {
    const gateway = await startGateway();
    gateway.suppress('966 50-123-4567');
    expect(gateway.state.suppressed).toEqual([PHONE]);
    expect((await send(gateway)).body.error).toBe('recipient_suppressed');
    gateway.unsuppress('00966501234567');
    expect((await send(gateway)).status).toBe(200);
    gateway.update({ suppress: [PHONE] });
    gateway.update({ unsuppress: [PHONE] });
    expect(gateway.state.suppressed).toEqual([]);
  });

  it.each([
    [{ plans: 'growth' }, 'Did you mean plan?'],
    [{ plan: 'free' }, 'plan is "free"'],
    [{ instanceState: 'closed' }, 'Give one of open, close.'],
    [{ keyRevoked: 'no' }, 'keyRevoked is "no"'],
    [{ throttle: { limit: 1, perSeconds: 0 } }, 'perSeconds is 0'],
    [{ webhook: { url: 'http://example.com' } }, 'Give a loopback address'],
    [{ suppress: PHONE }, 'suppress is "+966501234567". Give an array of phones.'],
    [{ unsuppress: ['0501234567'] }, 'unsuppress is "0501234567"'],
    [{ timestampStyle: 'x' }, 'timestampStyle is "x"'],
  ])('refuses the change %o, and then changes nothing', async (change, message) => {
    const gateway = await startGateway();
    expect(() => gateway.update({ keyRevoked: true, ...change } as never)).toThrow(message);
    expect(gateway.state).toMatchObject({ keyRevoked: false, suppressed: [] });
  });
});
