import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DeliveryFaultKind, SendFaultKind } from '../../src/emulator/fault.ts';
import type { GatewayEmulator } from '../../src/emulator/gateway.ts';
import { createSender } from '../../src/sender/sender.ts';
import { whatsappGatewayWebhook } from '../../src/webhook/middleware.ts';
import { PHONE, SECRET, startGateway } from './gateway.ts';

async function sendOnce(gateway: GatewayEmulator, timeoutMs = 5_000): Promise<unknown> {
  const { apiKey, instanceId, url: baseUrl } = gateway;
  const sender = createSender({ apiKey, instanceId, baseUrl, timeoutMs });
  onTestFinished(() => sender.close());
  return sender.send({ phone: PHONE, message: 'تم شحن طلبك', purpose: 'transactional' });
}

describe("the package's sender", () => {
  it('sends', async () => {
    const gateway = await startGateway();
    expect(await sendOnce(gateway)).toMatchObject({ status: 'sent', messageId: 'emu_msg_1', logId: 1 });
  });

  it.each<[SendFaultKind, string, 'not_sent' | 'unknown']>([
    [{ type: 'status', status: 503 }, 'unknown_error', 'unknown'],
    [{ type: 'code', code: 'policy_violation' }, 'policy_violation', 'not_sent'],
    [{ type: 'code', code: 'gateway_send_failed' }, 'gateway_send_failed', 'unknown'],
    [{ type: 'throttle', retryAfterSeconds: 7 }, 'sending_throttled', 'not_sent'],
    [{ type: 'reset' }, 'connection_failed', 'unknown'],
    [{ type: 'timeout' }, 'timeout', 'unknown'],
    [{ type: 'html' }, 'unknown_error', 'unknown'],
    [{ type: 'html', status: 200 }, 'bad_response', 'unknown'],
    [{ type: 'malformed-json' }, 'bad_response', 'unknown'],
  ])('tells of %o', async (kind, code, outcome) => {
    const gateway = await startGateway();
    gateway.faults.add({ on: 'send', ...kind });
    const timeoutMs = kind.type === 'timeout' ? 200 : 5_000;
    await expect(sendOnce(gateway, timeoutMs)).rejects.toMatchObject({ code, outcome });
    expect(gateway.requests).toHaveLength(1);
  });

  it('hears how long it is to wait', async () => {
    const gateway = await startGateway();
    gateway.faults.add({ on: 'send', type: 'throttle', retryAfterSeconds: 7 });
    await expect(sendOnce(gateway)).rejects.toMatchObject({ retryAfterMs: 7_000, status: 429 });
  });
});

/** An app with the package's middleware, in the gateway's own time. */
async function startReceiver(): Promise<{ gateway: GatewayEmulator; texts: string[] }> {
  const texts: string[] = [];
  const gateway = await startGateway({ retries: false });
  const app = createServer(
    whatsappGatewayWebhook({
      secret: SECRET,
      now: gateway.clock.now,
      onMessage: ({ message_text: text }) => void texts.push(text),
      onEvent: () => undefined,
    }),
  );
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void app.close());
  gateway.setWebhook({ url: `http://127.0.0.1:${(app.address() as AddressInfo).port}/`, secret: SECRET });
  return { gateway, texts };
}

describe("the package's middleware", () => {
  it.each<[DeliveryFaultKind['type'], (number | undefined)[], string | undefined, number]>([
    ['duplicate', [200, 200], undefined, 1],
    ['wrong-signature', [401], 'invalid_signature', 0],
    ['missing-signature', [401], 'missing_header', 0],
    ['truncated-signature', [401], 'invalid_signature', 0],
    ['stale-timestamp', [401], 'timestamp_out_of_range', 0],
    ['future-timestamp', [401], 'timestamp_out_of_range', 0],
    ['gzip', [415], 'unsupported_content_encoding', 0],
    ['chunked', [200], undefined, 1],
    ['truncated-json', [400], 'invalid_json', 0],
    ['unknown-event', [200], undefined, 0],
  ])('answers %s with %o', async (type, statuses, code, handled) => {
    const { gateway, texts } = await startReceiver();
    gateway.faults.add({ on: 'delivery', type } as never);
    const { attempts } = await gateway.customer(PHONE).says('أين طلبي؟');
    expect(attempts.map(({ status }) => status)).toEqual(statuses);
    if (code !== undefined) expect(attempts[0]?.body).toBe(`{"error":"${code}"}`);
    expect(texts).toHaveLength(handled);
  });

  it('handles one of two concurrent copies', async () => {
    const { gateway, texts } = await startReceiver();
    gateway.faults.add({ on: 'delivery', type: 'concurrent-duplicate' });
    const { attempts, state } = await gateway.customer(PHONE).says('x');
    expect(attempts).toHaveLength(2);
    expect(attempts.map(({ status }) => status)).toContain(200);
    expect(state).toBe('delivered');
    expect(texts).toEqual(['x']);
  });

  it('lives in the time of the gateway', async () => {
    const { gateway, texts } = await startReceiver();
    await gateway.clock.advance('25h');
    await gateway.customer(PHONE).says('tomorrow');
    expect(texts).toEqual(['tomorrow']);
  });
});
