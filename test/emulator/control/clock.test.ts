import { describe, expect, it } from 'vitest';
import type { ClockJson, DeliveryJson, ListJson } from '../../../src/emulator/control/json-types.ts';
import { startApp } from '../app.ts';
import { startControlled } from './support/api.ts';

const START = Date.parse('2026-05-08T10:00:00Z');
const HOUR_MS = 3_600_000;

describe('GET /clock', () => {
  it('tells the time and how far it was moved', async () => {
    const { api, gateway } = await startControlled({ now: () => START });
    expect(await api.get<ClockJson>('/clock')).toEqual({ now: '2026-05-08T10:00:00.000Z', offsetMs: 0 });
    await gateway.clock.advance('1h');
    expect(await api.get<ClockJson>('/clock')).toEqual({
      now: '2026-05-08T11:00:00.000Z',
      offsetMs: HOUR_MS,
    });
  });
});

describe('POST /clock', () => {
  it.each([
    [{ advance: '25h' }, 25 * HOUR_MS],
    [{ advance: 1_500 }, 1_500],
    [{ advance: 0 }, 0],
    [{ set: '2026-05-08T11:00:00Z' }, HOUR_MS],
    [{ set: '2026-05-08T09:00:00Z' }, -HOUR_MS],
    [{ reset: true }, 0],
  ])('moves it by %j', async (change, offsetMs) => {
    const { api, gateway } = await startControlled({ now: () => START });
    const { status, body } = await api.call<ClockJson>('POST', '/clock', change);
    expect([status, body.offsetMs]).toEqual([200, offsetMs]);
    expect(gateway.clock.offsetMs).toBe(offsetMs);
  });

  it('answers once what fell due on the way has ended', async () => {
    const { url } = await startApp((_, response) => response.writeHead(500).end());
    const { api, gateway } = await startControlled({
      webhook: { url, secret: 's' },
      retries: { attempts: 3, delaysMs: [60_000] },
    });
    await gateway.customer('+966501234567').says('x');
    await api.call('POST', '/clock', { advance: '5m' });
    const { items } = await api.get<ListJson<DeliveryJson>>('/deliveries');
    expect(items.map(({ state, attempts }) => [state, attempts.length])).toEqual([['failed', 3]]);
  });

  it.each([
    [{}, 'give one of advance'],
    [{ advance: '1h', reset: true }, 'give one of advance'],
    [{ reset: false }, 'give one of advance'],
    [{ advance: 'soon' }, "Give milliseconds, or a text such as '90s'"],
    [{ advance: -1 }, "Give milliseconds, or a text such as '90s'"],
    [{ advance: 1e300 }, 'That is too far.'],
    [{ advance: '999999999d' }, 'That is too far.'],
    [{ set: 'tomorrow' }, 'Give a time such as 2026-05-08T10:00:00Z'],
    [{ set: '+200000-01-01T00:00:00Z' }, 'Give a time such as 2026-05-08T10:00:00Z'],
    [{ advanse: '1h' }, 'Did you mean advance?'],
  ])('refuses %j', async (change, message) => {
    const { api, gateway } = await startControlled();
    const [status, code, text] = await api.refusal('POST', '/clock', change);
    expect([status, code]).toEqual([400, 'invalid_body']);
    expect(text).toContain(message);
    expect(gateway.clock.offsetMs).toBe(0);
  });
});
