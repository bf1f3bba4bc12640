import { describe, expect, it, vi } from 'vitest';
import { createFaults } from '../../src/emulator/faults.ts';
import { createRandom } from '../../src/emulator/random.ts';

describe('the list of faults', () => {
  it('keeps each with nothing left out', () => {
    const faults = createFaults(1, () => undefined);
    faults.add({ on: 'send', type: 'status', status: 503 });
    faults.add({ on: 'delivery', type: 'delay', ms: 5, times: 3 });
    faults.add({ on: 'send', type: 'reset', when: 'after', probability: 0.5 });
    expect(faults.list()).toEqual([
      {
        id: 'emu_fault_1',
        on: 'send',
        type: 'status',
        when: 'before',
        times: 1,
        remaining: 1,
        probability: undefined,
        params: { status: 503 },
      },
      {
        id: 'emu_fault_2',
        on: 'delivery',
        type: 'delay',
        when: undefined,
        times: 3,
        remaining: 3,
        probability: undefined,
        params: { ms: 5 },
      },
      {
        id: 'emu_fault_3',
        on: 'send',
        type: 'reset',
        when: 'after',
        times: Number.MAX_SAFE_INTEGER,
        remaining: Number.MAX_SAFE_INTEGER,
        probability: 0.5,
        params: {},
      },
    ]);
  });

  it('lets one be taken away by itself, by its id, and all of them', () => {
    const onChange = vi.fn();
    const faults = createFaults(1, onChange);
    const added = faults.add({ on: 'send', type: 'reset' });
    added.remove();
    added.remove();
    const { id } = faults.add({ on: 'send', type: 'reset' });
    expect(faults.remove('emu_fault_9')).toBe(false);
    expect(faults.remove(id)).toBe(true);
    faults.add({ on: 'send', type: 'reset' });
    faults.clear();
    faults.clear();
    expect(faults.list()).toEqual([]);
    expect(onChange).toHaveBeenCalledTimes(6);
  });

  it('uses a fault up', () => {
    const faults = createFaults(1, () => undefined);
    faults.add({ on: 'delivery', type: 'drop', times: 2 });
    expect(faults.take('send')).toBeUndefined();
    expect(faults.take('delivery', () => false)).toBeUndefined();
    expect(faults.take('delivery')?.type).toBe('drop');
    expect(faults.list()).toMatchObject([{ times: 2, remaining: 1 }]);
    expect(faults.take('delivery')?.type).toBe('drop');
    expect(faults.take('delivery')).toBeUndefined();
  });

  it.each([
    [null, 'the options are null'],
    [{ on: 'sends', type: 'reset' }, 'on is "sends". Give one of send, delivery.'],
    [{ on: 'send', type: 'drop' }, 'type is "drop". Of a send, give one of status, code,'],
    [{ on: 'delivery', type: 'html' }, 'Of a delivery, give one of duplicate,'],
    [{ on: 'send', type: 'toString' }, 'type is "toString"'],
    [{ on: 'send' }, 'type is undefined'],
    [{ on: 'send', type: 'status' }, 'status is undefined. Give an HTTP status'],
    [{ on: 'send', type: 'status', status: 99 }, 'status is 99'],
    [{ on: 'send', type: 'status', status: '503' }, 'status is "503"'],
    [{ on: 'send', type: 'status', status: 503, body: {} }, 'body is an object. Give a text.'],
    [{ on: 'send', type: 'delay', ms: -1 }, 'ms is -1'],
    [{ on: 'send', type: 'reset', ms: 1 }, 'there is no option "ms"'],
    [{ on: 'send', type: 'reset', when: 'during' }, 'Give one of before, after.'],
    [{ on: 'delivery', type: 'drop', when: 'after' }, 'there is no option "when"'],
    [{ on: 'send', type: 'reset', times: 0 }, 'times is 0'],
    [{ on: 'send', type: 'reset', times: 1.5 }, 'times is 1.5'],
    [{ on: 'send', type: 'reset', probability: 0 }, 'probability is 0'],
    [{ on: 'send', type: 'reset', probability: 1.1 }, 'probability is 1.1'],
    [{ on: 'delivery', type: 'stale-timestamp', seconds: Number.NaN }, 'seconds is NaN'],
    [{ on: 'delivery', type: 'unknown-event', event: 5 }, 'event is 5'],
  ])('refuses %o', (fault, message) => {
    const faults = createFaults(1, () => undefined);
    expect(() => faults.add(fault as never)).toThrow(TypeError);
    expect(() => faults.add(fault as never)).toThrow(message);
    expect(faults.list()).toEqual([]);
  });
});

describe('chance', () => {
  it('is mulberry32, so that a seed means the same for ever', () => {
    const random = createRandom(1);
    expect([random(), random(), random()]).toEqual([
      0.6270739405881613, 0.002735721180215478, 0.5274470399599522,
    ]);
  });

  it('begins anew with a reset', () => {
    const faults = createFaults(3, () => undefined);
    const play = (): boolean[] => {
      faults.add({ on: 'send', type: 'reset', probability: 0.5 });
      return Array.from({ length: 30 }, () => faults.take('send') !== undefined);
    };
    const first = play();
    faults.reset();
    expect(play()).toEqual(first);
  });
});
