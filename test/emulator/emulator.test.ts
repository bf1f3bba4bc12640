import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startGatewayEmulator } from '../../src/testing/index.ts';
import { startApp } from './app.ts';

const secret = 'whsec_test';
const LOOPBACK_URL = /^http:\/\/127\.0\.0\.1:\d+$/u;
const OWN_SECRET = /^emu_secret_[0-9a-f]{24}$/u;
const ROUNDS = 200;

/** What keeps the process busy, by kind; the runner's own pipes stay the same. */
function openHandles(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCP') || kind === 'Timeout')
    .length;
}

/** Whether something listens at a port. */
function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => resolve(false));
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

describe('startGatewayEmulator', () => {
  it('listens on 127.0.0.1 at a free port', async () => {
    await using gateway = await startGatewayEmulator();
    expect(gateway.url).toMatch(LOOPBACK_URL);
    expect(gateway.apiKey).toContain('emu_');
  });

  it('lets several run side by side with nothing in common', async () => {
    await using one = await startGatewayEmulator();
    await using two = await startGatewayEmulator();
    const response = await fetch(`${two.url}/api/send-message`, {
      method: 'POST',
      headers: { authorization: `Bearer ${one.apiKey}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(response.status).toBe(401);
    expect([one.requests.length, two.requests.length]).toEqual([0, 1]);
  });

  it.each([
    ['localhost', 'http://localhost:'],
    ['127.0.0.2', 'http://127.0.0.2:'],
    ['::1', 'http://[::1]:'],
  ])('listens at %s where it is told to', async (host, start) => {
    await using gateway = await startGatewayEmulator({ host });
    expect(gateway.url).toContain(start);
    expect((await fetch(gateway.url, { method: 'POST' })).status).toBe(404);
  });

  it('listens at every address only where that is allowed', async () => {
    await expect(startGatewayEmulator({ host: '0.0.0.0' })).rejects.toThrow('Give a loopback address');
    await using gateway = await startGatewayEmulator({ host: '0.0.0.0', allowRemote: true });
    expect(gateway.url).toMatch(LOOPBACK_URL);
    expect((await fetch(gateway.url, { method: 'POST' })).status).toBe(404);
  });

  it('delivers to another machine only where that is allowed', async () => {
    await using gateway = await startGatewayEmulator();
    expect(() => gateway.setWebhook({ url: 'https://example.com/' })).toThrow('Give a loopback address');
    await using remote = await startGatewayEmulator({ allowRemote: true });
    remote.setWebhook({ url: 'https://example.com/' });
    expect(remote.state.webhook?.url).toBe('https://example.com/');
  });

  it('has a secret of its own until one is given', async () => {
    await using gateway = await startGatewayEmulator();
    const { webhookSecret } = gateway;
    expect(webhookSecret).toMatch(OWN_SECRET);
    gateway.setWebhook({ url: 'http://127.0.0.1:1/' });
    expect(gateway.state.webhook?.secret).toBe(webhookSecret);
    gateway.setWebhook({ url: 'http://127.0.0.1:1/', secret });
    expect(gateway.webhookSecret).toBe(secret);
  });

  it('names a port that is taken', async () => {
    await using gateway = await startGatewayEmulator();
    const port = Number(new URL(gateway.url).port);
    await expect(startGatewayEmulator({ port })).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken.`);
    await expect(startGatewayEmulator({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('names in the error of a wait the requests that were refused', async () => {
    await using gateway = await startGatewayEmulator();
    await fetch(`${gateway.url}/api/send-message`, { method: 'POST', body: 'x' });
    await fetch(`${gateway.url}/wrong`, { method: 'POST', body: 'x' });
    await expect(gateway.waitForMessage({ timeoutMs: 0 })).rejects.toThrow(
      '2 refused:\n  /api/send-message: 401 invalid_api_key\n  /wrong: 404 There is nothing at this address.',
    );
  });
});

describe('close', () => {
  it('can be called again, and frees the port', async () => {
    const gateway = await startGatewayEmulator();
    await Promise.all([gateway.close(), gateway.close()]);
    await gateway.close();
    const again = await startGatewayEmulator({ port: Number(new URL(gateway.url).port) });
    await again.close();
  });

  it('ends idle and half-sent connections', async () => {
    const gateway = await startGatewayEmulator();
    const sockets = ['', 'POST /api/send-message HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{'].map(
      (bytes) => {
        const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
        socket.on('error', () => {});
        socket.write(bytes);
        return socket;
      },
    );
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const ended = Promise.all(sockets.map((socket) => once(socket, 'close')));
    await gateway.close();
    await ended;
  });

  it('ends a delivery under way, and lets nothing be delivered after', async () => {
    const app = await startApp(() => {});
    const gateway = await startGatewayEmulator({ webhook: { url: app.url, secret } });
    const delivering = gateway.customer('+966501234567').says('x');
    while (app.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await gateway.close();
    expect((await delivering).attempts[0]?.error?.message).toBe('The emulator was closed.');
    await expect(gateway.customer('+966501234567').says('x')).rejects.toThrow('emulator is closed');
  });

  it('ends a wait', async () => {
    const gateway = await startGatewayEmulator();
    const waiting = expect(gateway.waitForMessage()).rejects.toThrow('emulator is closed');
    await gateway.close();
    await waiting;
  });

  it(`leaves nothing open after ${ROUNDS} rounds in one process`, async () => {
    const app = await startApp();
    const listeners = process.eventNames().map((name) => [name, process.listenerCount(name)]);
    const before = openHandles();
    const ports: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const gateway = await startGatewayEmulator({ webhook: { url: app.url, secret } });
      ports.push(Number(new URL(gateway.url).port));
      const delivery = await gateway.customer('+966501234567').optsOut();
      expect(delivery.attempts[0]?.status).toBe(200);
      // Something of everything that could stay behind: a retry, a delay, a held send, a look for an absent app.
      gateway.faults.add({ on: 'delivery', type: 'delay', ms: 600_000 });
      await gateway.deliver({}, { wait: false });
      gateway.setWebhook({ url: 'http://127.0.0.1:1/' });
      await gateway.deliver({});
      gateway.faults.add({ on: 'send', type: 'timeout' });
      const held = fetch(`${gateway.url}/api/send-message`, { method: 'POST' }).catch(() => undefined);
      while (gateway.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
      await gateway.close();
      await held;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const port of ports) expect(await isOpen(port)).toBe(false);
    expect(openHandles()).toBeLessThanOrEqual(before);
    expect(process.eventNames().map((name) => [name, process.listenerCount(name)])).toEqual(listeners);
  });

  it('lets the process end by itself', async () => {
    const script = `
      import { startGatewayEmulator } from './src/testing/index.ts';
      const gateway = await startGatewayEmulator({ webhook: { url: 'http://127.0.0.1:1/', secret: 's' } });
      gateway.waitForMessage({ timeoutMs: 600_000 }).catch(() => {});
      await gateway.customer('+966501234567').says('x');
      await gateway.close();
      process.stdout.write('closed');
    `;
    const cwd = fileURLToPath(new URL('../..', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { cwd });
    onTestFinished(() => void child.kill());
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    const [code] = await once(child, 'close');
    expect({ code, output }).toEqual({ code: 0, output: 'closed' });
  });
});
