import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type RepliesGatewayOptions, startRepliesGateway } from '../../../src/emulator/check/index.ts';
import { CHECK_FAILING_PHONE, CHECK_REPLY_DELAY_MS } from '../../../src/emulator/check/limits.ts';
import { createSender } from '../../../src/sender/sender.ts';

const PHONE = '+447700900007';

async function start(options?: RepliesGatewayOptions) {
  const gateway = await startRepliesGateway(options);
  const sender = createSender({ apiKey: 'any_key', instanceId: 'any_instance', baseUrl: gateway.url });
  onTestFinished(async () => {
    await sender.close();
    await gateway.close();
  });
  const send = (phone: string) => sender.send({ phone, message: 'Hello', purpose: 'support' });
  return { gateway, send };
}

describe('the gateway that counts replies', () => {
  it('takes the sends of any account and counts them by phone, however it is spelt', async () => {
    const { gateway, send } = await start();
    const result = await send(PHONE);
    await send(PHONE.slice(1));
    expect(result).toMatchObject({ status: 'sent', messageId: 'emu_check_1', logId: 1 });
    expect(gateway.countEffects(PHONE)).toBe(2);
    expect(gateway.countEffects('00447700900007')).toBe(2);
    expect(gateway.countEffects('+447700900008')).toBe(0);
  });

  it('takes its time, so that a copy meets the first one', async () => {
    const { send } = await start();
    const startedAt = performance.now();
    await send(PHONE);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(CHECK_REPLY_DELAY_MS - 1);
  });

  it('throttles what goes to the phone that is to fail', async () => {
    const { send } = await start();
    await expect(send(CHECK_FAILING_PHONE)).rejects.toMatchObject({
      code: 'sending_throttled',
      retryable: true,
    });
    const other = await start({ failingPhone: PHONE.slice(1) });
    await expect(other.send(PHONE)).rejects.toMatchObject({ code: 'sending_throttled' });
    await expect(other.send(CHECK_FAILING_PHONE)).resolves.toMatchObject({ status: 'sent' });
  });

  it('answers 422 to what is no send', async () => {
    const { gateway } = await start();
    for (const body of ['not json', '{}', '{"phone":5}', 'null']) {
      const answer = await fetch(`${gateway.url}/api/send-message`, { method: 'POST', body });
      expect(answer.status).toBe(422);
    }
  });

  it('ends what is under way when it is closed, and can be closed again', async () => {
    const { gateway, send } = await start();
    const failed = expect(send(PHONE)).rejects.toThrow();
    while (gateway.countEffects(PHONE) === 0) await new Promise((resolve) => setImmediate(resolve));
    await gateway.close();
    await gateway.close();
    await failed;
  });

  it('rejects where the port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    await expect(startRepliesGateway({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
