import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PHONE, SECRET, startGateway } from './gateway.ts';
import { startRawApp } from './raw-app.ts';

const NOW = Date.parse('2026-05-08T10:00:00Z');
const TIMESTAMP = 'x-whatsapp-gateway-timestamp';
const TEXT = 'أين طلبي؟ 🚚';
const CONTENT_LENGTH = /content-length: (\d+)/iu;

describe('a fault of how often', () => {
  it('is a duplicate, the same bytes once the first was answered', async () => {
    const order: string[] = [];
    const app = await startRawApp((_, response) => {
      order.push('came');
      setImmediate(() => {
        order.push('answered');
        response.end('ok');
      });
    });
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET } });
    gateway.faults.add({ on: 'delivery', type: 'duplicate' });
    const delivery = await gateway.customer(PHONE).says(TEXT);
    expect(order).toEqual(['came', 'answered', 'came', 'answered']);
    expect(app.received[1]?.wire).toEqual(app.received[0]?.wire);
    expect(delivery.attempts).toMatchObject([
      { number: 1, fault: 'duplicate', status: 200 },
      { number: 2, fault: 'duplicate', status: 200 },
    ]);
    expect(delivery.state).toBe('delivered');
  });

  it('is a concurrent duplicate, neither complete before both are almost there', async () => {
    const bytes = new Map<Socket, number>();
    const wholes: number[] = [];
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      bytes.set(socket, 0);
      let text = '';
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
        const [head = '', body] = text.split('\r\n\r\n');
        const length = Number(CONTENT_LENGTH.exec(head)?.[1]);
        bytes.set(socket, length - (body ?? '').length);
        if (bytes.get(socket) === 0) {
          // How much is missing of each connection at the moment at which one is whole.
          wholes.push(...bytes.values());
          socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const gateway = await startGateway({ webhook: { url, secret: SECRET } });
    gateway.faults.add({ on: 'delivery', type: 'concurrent-duplicate' });
    const delivery = await gateway.customer(PHONE).says(TEXT);
    expect(sockets).toHaveLength(2);
    expect(wholes).toEqual([0, expect.any(Number), 0, 0]);
    expect(wholes[1]).toBeLessThanOrEqual(1);
    const [one, two] = delivery.attempts;
    expect(one?.requestHeaders).toEqual(two?.requestHeaders);
    expect(one?.rawBody).toBe(two?.rawBody);
  });

  it('is concurrent also where there is no body, or nobody listens', async () => {
    const app = await startRawApp();
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET }, retries: false });
    gateway.faults.add({ on: 'delivery', type: 'concurrent-duplicate', times: 2 });
    expect((await gateway.deliver('')).state).toBe('delivered');
    expect(app.received).toHaveLength(2);
    gateway.setWebhook({ url: 'http://127.0.0.1:1/' });
    expect((await gateway.deliver('x')).attempts).toMatchObject([
      { error: { code: 'ECONNREFUSED' } },
      { error: { code: 'ECONNREFUSED' } },
    ]);
  });

  it('counts as delivered where one copy is taken', async () => {
    let count = 0;
    const app = await startRawApp((_, response) => {
      count += 1;
      response.writeHead(count === 1 ? 503 : 200).end();
    });
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET } });
    gateway.faults.add({ on: 'delivery', type: 'concurrent-duplicate' });
    expect((await gateway.customer(PHONE).says('x')).state).toBe('delivered');
  });

  it('is never, where it is dropped', async () => {
    const app = await startRawApp();
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET } });
    gateway.faults.add({ on: 'delivery', type: 'drop' });
    const dropped = await gateway.customer(PHONE).says('one');
    await gateway.customer(PHONE).says('two');
    expect((await dropped.settled()).state).toBe('dropped');
    expect(dropped.attempts).toEqual([]);
    expect(app.received.map(({ body }) => JSON.parse(body.toString()).message_text)).toEqual(['two']);
  });
});

describe('a fault of when', () => {
  it('is a delay of a signed delivery', async () => {
    const app = await startRawApp();
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET }, now: () => NOW });
    gateway.faults.add({ on: 'delivery', type: 'delay', ms: 3_600_000 });
    const delivery = await gateway.customer(PHONE).says('x', { wait: false });
    await gateway.idle();
    expect(app.received).toHaveLength(0);
    expect(delivery.nextAttemptAt).toEqual(new Date(NOW + 3_600_000));
    await gateway.clock.advance('1h');
    expect(app.received).toHaveLength(1);
    expect(app.received[0]?.header(TIMESTAMP)).toBe('2026-05-08T10:00:00Z');
    expect(delivery.attempts[0]).toMatchObject({ fault: 'delay', signature: { ageSeconds: 3_600 } });
    expect(delivery.attempts[0]?.at).toEqual(new Date(NOW + 3_600_000));
  });

  it('is waited for in real time', async () => {
    const app = await startRawApp();
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET } });
    gateway.faults.add({ on: 'delivery', type: 'delay', ms: 30 });
    expect((await gateway.customer(PHONE).says('x')).attempts[0]?.status).toBe(200);
  });

  it('is another order: held until the next delivery has been made', async () => {
    const app = await startRawApp();
    const gateway = await startGateway({ webhook: { url: app.url, secret: SECRET } });
    gateway.faults.add({ on: 'delivery', type: 'reorder', times: 2 });
    const customer = gateway.customer(PHONE);
    const first = await customer.says('1');
    await gateway.idle();
    expect(app.received).toHaveLength(0);
    expect(first).toMatchObject({ state: 'pending', attempts: [] });
    await customer.says('2');
    await first.settled();
    await customer.says('3');
    await customer.says('4');
    await gateway.idle();
    expect(app.received.map(({ body }) => JSON.parse(body.toString()).message_text)).toEqual([
      '2',
      '1',
      '4',
      '3',
    ]);
    expect(first.attempts).toMatchObject([{ fault: 'reorder', status: 200 }]);
  });
});
