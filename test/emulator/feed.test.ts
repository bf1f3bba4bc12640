import { describe, expect, it, vi } from 'vitest';
import { createFeed } from '../../src/emulator/feed.ts';
import type { EmulatorChange } from '../../src/emulator/model.ts';
import { startApp } from './app.ts';
import { PHONE, SECRET, send, startGateway } from './gateway.ts';

/** A change in a few words. */
function summarize(change: EmulatorChange): string {
  switch (change.type) {
    case 'message':
      return `message ${change.message.messageId}`;
    case 'request':
      return `request ${change.request.answer?.status}`;
    case 'delivery': {
      const { state, attempts } = change.delivery;
      return `delivery ${state} ${attempts.map(({ status }) => status ?? '…').join()}`;
    }
    default:
      return change.type;
  }
}

describe('subscribe', () => {
  it('tells of every change, in order, and of a delivery at each of its steps', async () => {
    const app = await startApp((_, response) =>
      response.writeHead(app.received.length > 1 ? 200 : 500).end(),
    );
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET }, now: () => 0 });
    const told: string[] = [];
    gateway.subscribe((change) => told.push(summarize(change)));
    function since(): string[] {
      return told.splice(0);
    }

    await send(gateway);
    expect(since()).toEqual(['message emu_msg_1', 'state', 'request 200']);
    await send(gateway, { phone: 'x' });
    expect(since()).toEqual(['request 422']);
    await gateway.customer(PHONE).says('x');
    expect(since()).toEqual([
      'delivery pending ',
      'delivery pending …',
      'delivery pending 500',
      'delivery pending 500',
    ]);
    await gateway.clock.advance('5s');
    expect(since()).toEqual([
      'delivery pending 500,…',
      'delivery pending 500,200',
      'delivery delivered 500,200',
      'state',
    ]);
    await gateway.customer(PHONE).optsOut();
    expect(since()[0]).toBe('state');
    gateway.update({ plan: 'growth' });
    const { id } = gateway.faults.add({ on: 'send', type: 'status', status: 500 });
    gateway.faults.remove(id);
    expect(since()).toEqual(['state', 'faults', 'faults']);
    gateway.reset();
    expect(since().at(-1)).toBe('reset');
  });

  it('says a fault is used up before it says what came of it', async () => {
    const gateway = await startGateway();
    gateway.faults.add({ on: 'send', type: 'status', status: 500 });
    const told: string[] = [];
    gateway.subscribe((change) => told.push(summarize(change)));
    await send(gateway);
    expect(told).toEqual(['faults', 'request 500']);
  });

  it('ends when it is told to, also in the middle, and each for itself', () => {
    const feed = createFeed();
    const listener = vi.fn();
    const [stop, stopAgain] = [feed.subscribe(listener), feed.subscribe(listener)];
    feed.emit({ type: 'state' });
    stop();
    stop();
    feed.emit({ type: 'state' });
    stopAgain();
    feed.emit({ type: 'state' });
    expect(listener).toHaveBeenCalledTimes(3);
  });

  it('lets no listener spoil what it is told of', async () => {
    const feed = createFeed();
    const thrown = new Error('in a listener');
    const later = vi.fn();
    feed.subscribe(() => {
      throw thrown;
    });
    feed.subscribe(later);
    const seen = new Promise((resolve) => {
      const others = process.listeners('uncaughtException');
      process.removeAllListeners('uncaughtException');
      process.once('uncaughtException', (error) => {
        for (const other of others) process.on('uncaughtException', other);
        resolve(error);
      });
    });
    feed.emit({ type: 'state' });
    expect(later).toHaveBeenCalledTimes(1);
    expect(await seen).toBe(thrown);
  });
});
