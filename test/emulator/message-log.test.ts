import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createMessageLog } from '../../src/emulator/message-log.ts';

const send = {
  instanceId: 'i',
  phone: '+966501234567',
  message: 'طلبك 1042 في الطريق',
  purpose: 'support',
} as const;
const from = { requestId: 'emu_req_1', at: new Date(0) };
const nothingRefused = (): string => '';

describe('waitForMessage', () => {
  it('resolves at once with a message from before', async () => {
    const log = createMessageLog(100);
    const message = log.add(send, from);
    expect(await log.waitFor({}, nothingRefused)).toBe(message);
  });

  it('resolves with a later message that fits, and not with one that does not', async () => {
    const log = createMessageLog(100);
    const waiting = log.waitFor({ to: '966501234567', contains: '1042' }, nothingRefused);
    log.add({ ...send, message: 'x' }, from);
    log.add({ ...send, phone: '+966509999999' }, from);
    const message = log.add(send, from);
    expect(await waiting).toBe(message);
  });

  it('serves several who wait', async () => {
    const log = createMessageLog(100);
    const waiting = [log.waitFor({}, nothingRefused), log.waitFor({ contains: 'طلبك' }, nothingRefused)];
    const message = log.add(send, from);
    expect(await Promise.all(waiting)).toEqual([message, message]);
  });

  it('leaves no timer behind once it has its message', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const log = createMessageLog(100);
    const waiting = log.waitFor({}, nothingRefused);
    expect(vi.getTimerCount()).toBe(1);
    log.add(send, from);
    await waiting;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lists in its time-out error what did arrive and what was refused', async () => {
    const log = createMessageLog(100);
    log.add(send, from);
    const waiting = log.waitFor(
      { to: '+966509999999', contains: 'x', timeoutMs: 10 },
      () => '1 refused:\n  …',
    );
    await expect(waiting).rejects.toThrow(
      'No message to +966509999999 with "x" within 10 ms.\n' +
        '1 accepted:\n  +966501234567: طلبك 1042 في الطريق\n1 refused:\n  …',
    );
  });

  it('says in its time-out error when nothing arrived', async () => {
    const waiting = createMessageLog(100).waitFor({ timeoutMs: 0 }, nothingRefused);
    await expect(waiting).rejects.toThrow('No message within 0 ms.\nNo message was accepted.');
  });

  it('lists no more than the last ten', async () => {
    const log = createMessageLog(100);
    for (let n = 1; n <= 12; n += 1) log.add({ ...send, message: `message ${n}` }, from);
    const error = await log.waitFor({ contains: 'x', timeoutMs: 0 }, nothingRefused).catch(String);
    expect(error).toContain('12 accepted, the last 10:\n  +966501234567: message 3\n');
  });

  it('counts also those that it keeps no more', async () => {
    const log = createMessageLog(2);
    for (let n = 1; n <= 5; n += 1) log.add({ ...send, message: `message ${n}` }, from);
    const error = await log.waitFor({ contains: 'x', timeoutMs: 0 }, nothingRefused).catch(String);
    expect(error).toContain('5 accepted, the last 2:\n  +966501234567: message 4\n');
  });

  it('ends with an error when the emulator is closed, before or during the wait', async () => {
    const log = createMessageLog(100);
    const waiting = log.waitFor({}, nothingRefused);
    log.close();
    await expect(waiting).rejects.toThrow('is closed');
    await expect(log.waitFor({}, nothingRefused)).rejects.toThrow('is closed');
  });

  it.each([
    [{ to: '0501234567' }, 'to is "0501234567"'],
    [{ timeoutMs: -1 }, 'timeoutMs is -1'],
    [{ form: 'x' }, 'there is no option "form"'],
  ])('refuses %o', async (options, message) => {
    await expect(createMessageLog(100).waitFor(options as never, nothingRefused)).rejects.toThrow(message);
  });
});
