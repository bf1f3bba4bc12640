import { onTestFinished } from 'vitest';
import { startGatewayEmulator } from '../../src/emulator/emulator.ts';
import type { GatewayEmulator } from '../../src/emulator/gateway.ts';
import type { GatewayEmulatorOptions } from '../../src/emulator/options.ts';

export const PHONE = '+966501234567';
export const SECRET = 'whsec_سر';

/** Starts a gateway until the test is over. */
export async function startGateway(options: GatewayEmulatorOptions = {}): Promise<GatewayEmulator> {
  const gateway = await startGatewayEmulator(options);
  onTestFinished(() => gateway.close());
  return gateway;
}

/** The request of an ordinary send, some fields of it changed. */
export function sendRequest(
  gateway: GatewayEmulator,
  fields: Record<string, unknown> = {},
): { url: string; method: string; headers: Record<string, string>; body: string } {
  const body = JSON.stringify({
    instance_id: gateway.instanceId,
    phone: PHONE,
    message: 'تم شحن طلبك',
    message_purpose: 'transactional',
    ...fields,
  });
  const headers = { authorization: `Bearer ${gateway.apiKey}`, 'content-type': 'application/json' };
  return { url: `${gateway.url}/api/send-message`, method: 'POST', headers, body };
}

export interface SendAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The body, where it is JSON. */
  body: { error?: string; message_id?: string; log_id?: number; details?: Record<string, unknown> };
}

/** Sends a message as an app does. */
export async function send(
  gateway: GatewayEmulator,
  fields: Record<string, unknown> = {},
  signal?: AbortSignal,
): Promise<SendAnswer> {
  const { url, ...request } = sendRequest(gateway, fields);
  const response = await fetch(url, signal === undefined ? request : { ...request, signal });
  const text = await response.text();
  let body: SendAnswer['body'] = {};
  try {
    body = JSON.parse(text);
  } catch {
    // Some faults answer no JSON.
  }
  return { status: response.status, headers: response.headers, text, body };
}
