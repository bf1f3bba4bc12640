import { createSender, type Sender, type SenderOptions } from 'express-whatsapp-gateway';
import {
  type GatewayEmulator,
  recipientOptedOut,
  signWebhook,
  startGatewayEmulator,
} from 'express-whatsapp-gateway/testing';
import { onTestFinished } from 'vitest';

/** The signing secret of every test's app. */
export const SECRET = 'a signing secret for tests';
/** A customer, as the app's own table may spell one. */
export const PHONE = '+966501234567';
/** The same customer without the plus sign. */
export const BARE_PHONE = '966501234567';

/** The emulator until the test ends, delivering to `url`. */
export async function startGateway(url?: string): Promise<GatewayEmulator> {
  const gateway = await startGatewayEmulator({ ...(url && { webhook: { url, secret: SECRET } }) });
  onTestFinished(() => gateway.close());
  return gateway;
}

/** A sender to the emulator. */
export function senderTo(gateway: GatewayEmulator, options: SenderOptions = {}): Sender {
  const sender = createSender({
    baseUrl: gateway.url,
    apiKey: gateway.apiKey,
    instanceId: gateway.instanceId,
    ...options,
  });
  onTestFinished(() => sender.close());
  return sender;
}

/** Posts a signed opt-out and answers the status. */
export async function postOptOut(url: string, from: string, secret: string = SECRET): Promise<number> {
  const { headers, rawBody } = signWebhook({ secret, body: recipientOptedOut({ from }) });
  const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(rawBody) });
  await response.arrayBuffer();
  return response.status;
}
