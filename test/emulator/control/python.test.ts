import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import type {
  DeliveryJson,
  HealthJson,
  MessageJson,
  StateJson,
} from '../../../src/emulator/control/json-types.ts';
import { startGatewayEmulator } from '../../../src/emulator/emulator.ts';

const PYTHON = process.env.PYTHON ?? 'python3';
const CLIENT = join(import.meta.dirname, 'support/client.py');
const TIMEOUT_MS = 60_000;

/** Without Python these tests are skipped, and say so; in CI that would hide them. */
function hasPython(): boolean {
  if (spawnSync(PYTHON, ['--version']).status === 0) return true;
  const message = `No ${PYTHON} (apt-get install python3, or set PYTHON).`;
  if (process.env.CI !== undefined) throw new Error(message);
  console.warn(`Tests of the emulator with a client in Python are skipped. ${message}`);
  return false;
}

type Answer = readonly [status: number, body: Record<string, unknown>];

/** What the client in Python saw. */
interface Seen {
  readonly health: HealthJson;
  readonly state: StateJson;
  readonly delivery: DeliveryJson;
  readonly messages: readonly MessageJson[];
  readonly retried: DeliveryJson;
  readonly received: readonly { verified: boolean; body: string; event: Record<string, unknown> }[];
  readonly sent: readonly Answer[];
  readonly refused: Answer;
  readonly mistake: Answer;
  readonly reset: StateJson;
}

describe.skipIf(!hasPython())("a client with Python's standard library", () => {
  let seen: Seen;

  beforeAll(async () => {
    await using gateway = await startGatewayEmulator();
    const { stdout } = await promisify(execFile)(PYTHON, [CLIENT], {
      timeout: TIMEOUT_MS,
      env: {
        ...process.env,
        PYTHONIOENCODING: 'utf-8',
        WHATSAPP_GATEWAY_EMULATOR_URL: gateway.url,
        WHATSAPP_GATEWAY_API_KEY: gateway.apiKey,
        WHATSAPP_GATEWAY_INSTANCE_ID: gateway.instanceId,
        no_proxy: '*',
      },
    });
    seen = JSON.parse(stdout);
  }, TIMEOUT_MS);

  it('finds the emulator and tells it where deliveries go', () => {
    expect(seen.health).toMatchObject({ status: 'ok', name: 'whatsapp-gateway-emulator' });
    expect(seen.state.webhook).toEqual({ url: expect.stringContaining('/webhook'), secretMasked: '…cret' });
  });

  it('receives a signed delivery and verifies it', () => {
    const [first] = seen.received;
    expect(first).toMatchObject({
      verified: true,
      event: { event: 'message.received', from: '+966501234567', message_text: 'أين طلبي رقم 1042؟ 🚚' },
    });
    expect(first?.body).toContain('\\u0623');
    expect(seen.delivery).toMatchObject({ state: 'delivered', attempts: [{ response: { status: 200 } }] });
  });

  it('answers by a message, which the gateway takes', () => {
    expect(seen.sent[0]).toMatchObject([200, { success: true, message_id: 'emu_msg_1' }]);
    expect(seen.messages).toMatchObject([
      { id: 'emu_msg_1', phone: '+966501234567', text: 'رد على: أين طلبي رقم 1042؟ 🚚', purpose: 'support' },
    ]);
  });

  it('refuses a forged delivery, and takes its retry once the clock has moved', () => {
    expect(seen.received.map(({ verified }) => verified)).toEqual([true, false, true, true]);
    expect(seen.retried.state).toBe('delivered');
    expect(seen.retried.attempts.map(({ response, fault }) => [response?.status, fault])).toEqual([
      [401, 'wrong-signature'],
      [200, null],
    ]);
  });

  it('is refused a message to somebody who has opted out', () => {
    expect(seen.received.at(-1)?.event).toMatchObject({ event: 'recipient.opted_out' });
    expect(seen.refused).toMatchObject([403, { error: 'recipient_suppressed' }]);
    expect(seen.reset.suppressed).toEqual([]);
  });

  it('is told what is wrong with a call', () => {
    expect(seen.mistake).toEqual([
      400,
      { error: 'invalid_body', message: 'POST /messages: there is no option "form". Did you mean from?' },
    ]);
  });
});
