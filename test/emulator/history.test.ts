import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createHistory } from '../../src/emulator/history.ts';
import { startApp } from './app.ts';
import { PHONE, SECRET, send, sendRequest, startGateway } from './gateway.ts';

const MIB = 1_048_576;
const MANY = 10_000;
const AT_ONCE = 50;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('a history', () => {
  const sizeOf = (text: string): number => text.length;

  it('keeps the newest', () => {
    const history = createHistory({ limit: 2, maxBytes: 100, sizeOf });
    for (const text of ['a', 'b', 'c']) history.put(text, text);
    expect(history.all()).toEqual(['b', 'c']);
    expect([history.find('a'), history.find('c')]).toEqual([undefined, 'c']);
    history.clear();
    expect(history.all()).toEqual([]);
  });

  it('keeps as many as there are bytes for, and always the newest', () => {
    const history = createHistory({ limit: 9, maxBytes: 10, sizeOf });
    for (const text of ['aaaa', 'bbbb', 'cccc']) history.put(text, text);
    expect(history.all()).toEqual(['bbbb', 'cccc']);
    history.put('long', 'l'.repeat(99));
    expect(history.all()).toHaveLength(1);
    history.put('d', 'd');
    expect(history.all()).toEqual(['d']);
  });

  it('keeps a record that has grown in its place', () => {
    const sizes = new Map([['a', 4]]);
    const history = createHistory<string>({ limit: 9, maxBytes: 10, sizeOf: (id) => sizes.get(id) ?? 4 });
    history.put('a', 'a');
    history.put('b', 'b');
    sizes.set('a', 6);
    history.put('a', 'a');
    expect(history.all()).toEqual(['a', 'b']);
    sizes.set('b', 5);
    history.put('b', 'b');
    expect(history.all()).toEqual(['b']);
  });
});

describe('the records of an emulator', () => {
  it('are bounded, while usage, suppression and ids go on', async () => {
    const app = await startApp();
    const gateway = await startGateway({ historyLimit: 3, webhook: { url: app.url, secret: SECRET } });
    await gateway.customer('+966500000000').optsOut();
    for (let n = 1; n <= 5; n += 1) {
      await send(gateway);
      await gateway.customer(PHONE).says(`${n}`);
    }
    expect(gateway.messages.map(({ messageId }) => messageId)).toEqual([
      'emu_msg_3',
      'emu_msg_4',
      'emu_msg_5',
    ]);
    expect(gateway.messages.map(({ requestId }) => requestId)).toEqual(gateway.requests.map(({ id }) => id));
    expect(gateway.deliveries.map(({ text }) => text)).toEqual(['3', '4', '5']);
    expect(gateway.state.usage.day.used).toBe(5);
    expect((await send(gateway, { phone: '966500000000' })).body.error).toBe('recipient_suppressed');
  });

  it('hold 64 MiB of each kind at the most', async () => {
    const gateway = await startGateway();
    const { url, ...request } = sendRequest(gateway, { message: 'x'.repeat(1_000_000) });
    for (let n = 0; n < 80; n += 1) await (await fetch(url, request)).arrayBuffer();
    const held = gateway.requests.reduce((sum, { rawBody }) => sum + rawBody.length, 0);
    expect(held).toBeLessThanOrEqual(64 * MIB);
    expect(gateway.requests.length).toBeLessThan(40);
    expect(gateway.messages.length).toBeLessThan(40);
    expect(gateway.state.usage.day.used).toBe(80);
  });

  it(`leave the memory bounded after ${MANY} messages each way`, async () => {
    const app = await startApp();
    const gateway = await startGateway({ plan: 'unlimited', webhook: { url: app.url, secret: SECRET } });
    const customer = gateway.customer(PHONE);
    async function exchange(count: number): Promise<void> {
      for (let n = 0; n < count; n += AT_ONCE) {
        const both = Array.from({ length: AT_ONCE }, () => [send(gateway), customer.says('أين طلبي؟')]);
        await Promise.all(both.flat());
        app.received.length = 0;
      }
      collectGarbage();
    }
    await exchange(MANY / 5);
    const before = process.memoryUsage();
    await exchange((MANY * 4) / 5);
    const after = process.memoryUsage();
    expect(gateway.state.usage.day.used).toBe(MANY);
    expect(gateway.messages).toHaveLength(1_000);
    expect(gateway.requests).toHaveLength(1_000);
    expect(gateway.deliveries).toHaveLength(1_000);
    expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(10 * MIB);
  }, 400_000);
});
