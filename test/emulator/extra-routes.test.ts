import { describe, expect, it, onTestFinished } from 'vitest';
import { startCore } from '../../src/emulator/core.ts';
import type { GatewayEmulator } from '../../src/emulator/gateway.ts';
import type { ExtraRoutes } from '../../src/emulator/server.ts';

async function startWith(extraRoutes: ExtraRoutes): Promise<GatewayEmulator> {
  const gateway = await startCore({}, () => extraRoutes);
  onTestFinished(() => gateway.close());
  return gateway;
}

const echo: ExtraRoutes = ({ method, url }, response) => void response.end(`${method} ${url}`);

describe('what answers beside the gateway', () => {
  it.each([
    ['GET', '/__emulator'],
    ['POST', '/__emulator/v1/messages?x=1'],
    ['DELETE', '/__emulator/'],
    ['GET', '/'],
    ['GET', '/assets/page.js'],
    ['GET', '/__emulators'],
  ])('gets %s %s', async (method, path) => {
    const gateway = await startWith(echo);
    const response = await fetch(gateway.url + path, { method });
    expect(await response.text()).toBe(`${method} ${path}`);
    expect(gateway.requests).toEqual([]);
  });

  it.each([
    ['POST', '/'],
    ['POST', '/__emulators'],
    ['GET', '/api/send-message'],
    ['POST', '/api/send-message'],
    ['POST', '/api/__emulator/'],
  ])('does not get %s %s', async (method, path) => {
    const gateway = await startWith(echo);
    const response = await fetch(gateway.url + path, { method });
    expect(await response.text()).toContain('"success":false');
  });

  it('is made with the gateway that it is to control', async () => {
    const gateways: GatewayEmulator[] = [];
    const gateway = await startCore({}, (given) => {
      gateways.push(given);
      return echo;
    });
    await gateway.close();
    expect(gateways).toEqual([gateway]);
  });

  it('ends the connection where it fails', async () => {
    const gateway = await startWith(async () => {
      throw new Error('oops');
    });
    await expect(fetch(`${gateway.url}/__emulator/`)).rejects.toThrow();
  });
});
