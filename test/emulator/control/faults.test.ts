import { describe, expect, it } from 'vitest';
import type { FaultJson, ListJson } from '../../../src/emulator/control/json-types.ts';
import { send } from '../gateway.ts';
import { startControlled } from './support/api.ts';

describe('POST /faults', () => {
  it('adds a fault, with its defaults', async () => {
    const { api, gateway } = await startControlled();
    const { status, body } = await api.call<FaultJson>('POST', '/faults', {
      on: 'send',
      type: 'code',
      params: { code: 'policy_violation' },
    });
    expect([status, body]).toEqual([
      201,
      {
        id: 'emu_fault_1',
        on: 'send',
        type: 'code',
        when: 'before',
        times: 1,
        remaining: 1,
        params: { code: 'policy_violation' },
      },
    ]);
    expect((await send(gateway)).body.error).toBe('policy_violation');
    expect((await send(gateway)).status).toBe(200);
  });

  it('takes everything that a test can say', async () => {
    const { api } = await startControlled();
    const fault = {
      on: 'send',
      type: 'html',
      when: 'after',
      times: 3,
      probability: 0.5,
      params: { status: 500 },
    };
    expect((await api.call<FaultJson>('POST', '/faults', fault)).body).toMatchObject({
      ...fault,
      remaining: 3,
    });
    const delivery = { on: 'delivery', type: 'delay', params: { ms: 5 } };
    const { body } = await api.call<FaultJson>('POST', '/faults', delivery);
    expect(body).toEqual({ ...delivery, id: 'emu_fault_2', times: 1, remaining: 1 });
  });

  it.each([
    [{ type: 'reset' }, 'POST /faults: on is missing.'],
    [{ on: 'sends', type: 'reset' }, 'on cannot be used. Give one of send, delivery.'],
    [{ on: 'send', type: 'gzip' }, 'Of a send, give one of status, code,'],
    [{ on: 'send', type: 'delay' }, 'Give milliseconds from 0'],
    [{ on: 'send', type: 'delay', ms: 5 }, 'there is no option "ms"'],
    [{ on: 'send', type: 'delay', params: { msec: 5 } }, 'Did you mean ms?'],
    [{ on: 'send', type: 'delay', params: { ms: 'long' } }, 'Give milliseconds from 0'],
    [{ on: 'send', type: 'delay', params: { ms: null } }, 'params must be an object of strings and numbers.'],
    [{ on: 'send', type: 'delay', params: { ms: 1, times: 2 } }, 'Give times beside params, not in it.'],
    [{ on: 'send', type: 'reset', times: 0 }, 'Give a whole number from 1'],
    [{ on: 'send', type: 'reset', probability: 2 }, 'Give a number above 0 and up to 1'],
    [{ on: 'delivery', type: 'drop', when: 'after' }, 'when'],
  ])('refuses %j', async (fault, message) => {
    const { api, gateway } = await startControlled();
    const [status, code, text] = await api.refusal('POST', '/faults', fault);
    expect([status, code]).toEqual([400, 'invalid_body']);
    expect(text).toContain(message);
    expect(gateway.faults.list()).toEqual([]);
  });
});

describe('GET and DELETE /faults', () => {
  it('list them newest first, and take one or all of them away', async () => {
    const { api, gateway } = await startControlled();
    for (const type of ['reset', 'timeout', 'html'] as const) gateway.faults.add({ on: 'send', type });
    const types = async () => (await api.get<ListJson<FaultJson>>('/faults')).items.map(({ type }) => type);
    expect(await types()).toEqual(['html', 'timeout', 'reset']);
    const one = await api.call('DELETE', '/faults/emu_fault_2');
    expect([one.status, one.body]).toEqual([204, undefined]);
    expect(await types()).toEqual(['html', 'reset']);
    expect((await api.refusal('DELETE', '/faults/emu_fault_2')).slice(0, 2)).toEqual([404, 'not_found']);
    expect((await api.call('DELETE', '/faults')).status).toBe(204);
    expect(await types()).toEqual([]);
    expect((await api.call('DELETE', '/faults')).status).toBe(204);
  });
});
