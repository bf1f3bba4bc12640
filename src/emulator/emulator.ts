import { openControl } from './control/open-control.ts';
import { startCore } from './core.ts';
import type { GatewayEmulator } from './gateway.ts';
import type { GatewayEmulatorOptions } from './options.ts';

/**
 * Starts a gateway inside this process: a real HTTP server on 127.0.0.1 which judges sends by the gateway's rules,
 * and signed deliveries to the app. It needs no account and no network, installs no signal handler, and any number
 * can run at once. Like every server it keeps the process alive until it is closed.
 *
 * At its address there is also a page to play the customer, and under `/__emulator/v1` a control API for programs.
 *
 * What the vendor does not document is assumed, and listed in `emulatorAssumptions`.
 *
 * @throws TypeError when an option is unknown or cannot be used; Error `EADDRINUSE` when the port is taken.
 *
 * @example
 * const gateway = await startGatewayEmulator({ webhook: { url: `${appUrl}/webhooks/whatsapp-gateway`, secret } });
 * const customer = gateway.customer('+966501234567');
 * const delivery = await customer.says('مرحبا، أين طلبي رقم 1042؟');
 * delivery.attempts[0]?.status; // 200
 * await gateway.waitForMessage({ to: customer.phone, contains: '1042' });
 * await gateway.close();
 */
export async function startGatewayEmulator(
  options: Readonly<GatewayEmulatorOptions> = {},
): Promise<GatewayEmulator> {
  return startCore(options, (gateway) => openControl(gateway, options.host));
}
