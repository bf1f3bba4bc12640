import { Agent, get, type IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { DeliveryJson } from '../../../src/emulator/control/json-types.ts';
import { FEED_LIMIT, MAX_FEED_CLIENTS } from '../../../src/emulator/control/limits.ts';
import { PHONE, send, startGateway } from '../gateway.ts';
import { PREFIX, startControlled } from './support/api.ts';
import { follow } from './support/feed.ts';

const LARGE_DELIVERIES = 20;
const LARGE_CHARACTERS = 400_000;

function isDelivered(data: unknown, id: string): boolean {
  const delivery = data as DeliveryJson;
  return delivery.id === id && delivery.state === 'delivered';
}

describe('GET /events', () => {
  it('is a stream that nothing keeps or gathers', async () => {
    const gateway = await startGateway();
    const { response } = await follow(gateway);
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
  });

  it('tells of messages, requests, deliveries, the state, faults and resets', async () => {
    const { api, gateway } = await startControlled();
    const feed = await follow(gateway);
    await send(gateway, { message: 'سطر\nوسطر\r\nآخر' });
    const delivery = await gateway.customer(PHONE).says('<script>alert(1)</script>');
    gateway.faults.add({ on: 'send', type: 'reset' });
    await gateway.clock.advance('1h');
    await feed.event(
      ({ name, data }) => name === 'state' && JSON.stringify(data).includes('"offsetMs":3600000'),
    );
    const named = (wanted: string) =>
      feed.events.filter(({ name }) => name === wanted).map(({ data }) => data);
    expect(named('message')).toMatchObject([{ text: 'سطر\nوسطر\r\nآخر' }]);
    expect(named('request')).toEqual([await api.get('/requests/emu_req_1')]);
    expect(named('delivery').at(-1)).toEqual(await api.get(`/deliveries/${delivery.id}`));
    expect(named('faults')).toMatchObject([[{ type: 'reset' }]]);
    gateway.reset();
    const { data } = await feed.event(({ name }) => name === 'reset');
    expect(data).toEqual({});
  });

  it('sends a delivery again at every step', async () => {
    const { gateway } = await startControlled();
    const feed = await follow(gateway);
    await gateway.customer(PHONE).says('x');
    await feed.event(({ name, data }) => name === 'delivery' && JSON.stringify(data).includes('"delivered"'));
    const steps = feed.events.filter(({ name }) => name === 'delivery').map(({ data }) => data);
    expect(steps.length).toBeGreaterThan(2);
    expect(steps[0]).toMatchObject({ state: 'pending', attempts: [] });
  });

  it('numbers events without gaps', async () => {
    const { gateway } = await startControlled();
    const feed = await follow(gateway);
    for (let count = 0; count < 5; count += 1) await send(gateway);
    await feed.event(({ name, data }) => name === 'message' && JSON.stringify(data).includes('"logId":5'));
    const ids = feed.events.map(({ id }) => Number(id));
    expect(ids).toEqual(ids.map((_, index) => (ids[0] ?? 0) + index));
  });

  it('gathers changes of the state that come at once', async () => {
    const { gateway } = await startControlled();
    const feed = await follow(gateway);
    for (let count = 1; count <= 100; count += 1)
      gateway.suppress(`+9665000000${String(count).padStart(2, '0')}`);
    const all = (data: unknown) => (data as { suppressed: string[] }).suppressed.length === 100;
    await feed.event(({ name, data }) => name === 'state' && all(data));
    expect(feed.events.length).toBeLessThan(5);
  });

  it('costs nothing until somebody follows', async () => {
    const gateway = await startGateway();
    const subscribe = vi.spyOn(gateway, 'subscribe');
    await fetch(`${gateway.url}${PREFIX}/state`);
    expect(subscribe).not.toHaveBeenCalled();
    await follow(gateway);
    await follow(gateway);
    expect(subscribe).toHaveBeenCalledTimes(1);
  });

  it('sends a comment now and then, so that nothing in between closes the connection', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const gateway = await startGateway();
    const feed = await follow(gateway);
    await feed.receives('retry: 1000\n');
    vi.advanceTimersByTime(15_000);
    await feed.receives('\n:\n\n');
    expect(feed.events).toEqual([]);
    feed.leave();
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(0));
  });
});

describe('Last-Event-ID', () => {
  it('goes on where the client was', async () => {
    const { gateway } = await startControlled();
    const first = await follow(gateway);
    gateway.faults.add({ on: 'send', type: 'html' });
    await first.event(({ name }) => name === 'faults');
    first.leave();
    await first.closed;
    gateway.faults.add({ on: 'send', type: 'reset' });
    gateway.faults.clear();
    const second = await follow(gateway, { 'last-event-id': first.lastId() });
    await second.event(({ data }) => JSON.stringify(data) === '[]');
    expect(second.events.map(({ name, data }) => [name, (data as unknown[]).length])).toEqual([
      ['faults', 2],
      ['faults', 0],
    ]);
    expect(Number(second.events[0]?.id)).toBe(Number(first.lastId()) + 1);
  });

  it('is known to a client that has heard of nothing yet', async () => {
    const { gateway } = await startControlled();
    const first = await follow(gateway);
    await first.receives('\nid: ');
    first.leave();
    await first.closed;
    gateway.faults.add({ on: 'send', type: 'reset' });
    const second = await follow(gateway, { 'last-event-id': first.lastId() });
    await second.event(({ name }) => name === 'faults');
    expect(second.events.map(({ name }) => name)).toEqual(['faults']);
  });

  it.each(['0', '57', 'nonsense', '99999999999999', '-1', '1e3', '', '12345678901234567890'])(
    'of another emulator, such as «%s», begins with a reset',
    async (id) => {
      const { gateway } = await startControlled();
      const other = await follow(gateway);
      gateway.faults.add({ on: 'send', type: 'reset' });
      await other.event(() => true);
      const feed = await follow(gateway, { 'last-event-id': id });
      await feed.event(({ name }) => name === 'reset');
      gateway.faults.clear();
      await feed.event(({ name }) => name === 'faults');
      expect(feed.events.map(({ name, data }) => [name, data])).toEqual([
        ['reset', {}],
        ['faults', []],
      ]);
      expect(Number(feed.events[1]?.id)).toBe(Number(feed.events[0]?.id) + 1);
    },
  );

  it('that is too old begins with a reset', async () => {
    const { gateway } = await startControlled();
    const first = await follow(gateway);
    gateway.faults.add({ on: 'send', type: 'reset' });
    await first.event(() => true);
    first.leave();
    await first.closed;
    for (let count = 0; count <= FEED_LIMIT / 2; count += 1) {
      gateway.faults.add({ on: 'send', type: 'reset' });
      gateway.faults.clear();
    }
    const second = await follow(gateway, { 'last-event-id': first.lastId() });
    await second.event(({ name }) => name === 'reset');
    expect(second.events).toHaveLength(1);
  });
});

describe('the events', () => {
  it('are kept for a minute after the last client has gone', async () => {
    const { gateway } = await startControlled();
    const first = await follow(gateway);
    gateway.faults.add({ on: 'send', type: 'reset' });
    await first.event(() => true);
    first.leave();
    await first.closed;
    const now = performance.now.bind(performance);
    const later = vi.spyOn(performance, 'now').mockImplementation(() => now() + 50_000);
    onTestFinished(() => later.mockRestore());
    gateway.faults.clear();
    const second = await follow(gateway, { 'last-event-id': first.lastId() });
    expect((await second.event(() => true)).name).toBe('faults');
    second.leave();
    await second.closed;
    let offsetMs = 50_000;
    later.mockImplementation(() => now() + offsetMs);
    // The server hears of a client's leaving a little later than the client, and counts from there.
    await vi.waitFor(async () => {
      offsetMs += 70_000;
      gateway.faults.add({ on: 'send', type: 'reset' });
      const third = await follow(gateway, { 'last-event-id': second.lastId() });
      const { name } = await third.event(() => true);
      third.leave();
      await third.closed;
      expect([name, Number(third.lastId()) > Number(second.lastId())]).toEqual(['reset', true]);
    });
  });
});

describe('a client of the feed', () => {
  it('that reads nothing is cut off, and the others are not', { timeout: 60_000 }, async () => {
    const { gateway } = await startControlled({ bodyStyle: 'js' });
    const quick = await follow(gateway);
    const slow = await follow(gateway);
    slow.response.pause();
    // Its sockets hold some megabytes and the feed 16 MiB: this is more than both.
    for (let made = 1; made <= LARGE_DELIVERIES; made += 1) {
      const { id } = await gateway.deliver({ event: 'x', pad: 'x'.repeat(LARGE_CHARACTERS) });
      await quick.event(({ name, data }) => name === 'delivery' && isDelivered(data, id));
    }
    slow.response.resume();
    await slow.closed;
    expect(slow.response.complete).toBe(false);
    expect(quick.response.destroyed).toBe(false);
    expect(slow.events.length).toBeLessThan(quick.events.length);
  });

  it('is one of so many, and makes room when it leaves', async () => {
    const { api, gateway } = await startControlled();
    const followers = await Promise.all(Array.from({ length: MAX_FEED_CLIENTS }, () => follow(gateway)));
    const { status, headers, body } = await api.call('GET', '/events');
    expect([status, headers.get('retry-after'), body]).toMatchObject([
      503,
      '1',
      { error: 'too_many_clients' },
    ]);
    followers[0]?.leave();
    await vi.waitFor(async () => {
      const response = await fetch(`${gateway.url}${PREFIX}/events`);
      expect(response.status).toBe(200);
      await response.body?.cancel();
    });
  });
});

describe('close', () => {
  const openHandles = (): string[] =>
    process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCP') || kind === 'Timeout');

  it('ends the feed, and leaves no handle', async () => {
    const gateway = await startGateway();
    const before = openHandles().filter((kind) => kind !== 'TCPServerWrap');
    const agent = new Agent({ keepAlive: true });
    const follows = Array.from({ length: 3 }, async () => {
      const request = get(`${gateway.url}${PREFIX}/events`, { agent }).on('error', () => undefined);
      const response = await new Promise<IncomingMessage>((resolve) => request.once('response', resolve));
      response.on('error', () => undefined).resume();
      return { closed: new Promise((resolve) => response.once('close', resolve)) };
    });
    const followers = await Promise.all(follows);
    gateway.faults.add({ on: 'send', type: 'reset' });
    gateway.suppress(PHONE);
    await gateway.close();
    await Promise.all(followers.map(({ closed }) => closed));
    agent.destroy();
    await vi.waitFor(() => expect(openHandles().length).toBeLessThanOrEqual(before.length));
  });
});
