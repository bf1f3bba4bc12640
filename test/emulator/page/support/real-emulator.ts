import { createControl } from '../../../../src/emulator/control/control.ts';
import { startCore } from '../../../../src/emulator/core.ts';
import type { GatewayEmulator } from '../../../../src/emulator/gateway.ts';
import { ATTEMPTS_MAX, RETRY_MS, type StartBackend } from './backend.ts';

const API_KEY = 'emu_key_of_the_page_tests';

/** The emulator itself, with the control API and the page. */
export const startRealEmulator: StartBackend = async ({ webhookUrl, pageFolder }) => {
  let gateway: GatewayEmulator | undefined;

  async function open(port: number): Promise<GatewayEmulator> {
    gateway = await startCore(
      {
        port,
        apiKey: API_KEY,
        webhook: { url: webhookUrl, secret: 'emu_secret_of_the_page_tests' },
        retries: { attempts: ATTEMPTS_MAX, delaysMs: [RETRY_MS] },
      },
      (made) => createControl(made, { pageFolder }),
    );
    return gateway;
  }

  const { url, instanceId } = await open(0);
  return {
    url,
    apiKey: API_KEY,
    instanceId,
    async start() {
      await open(Number(new URL(url).port));
    },
    async stop() {
      await gateway?.close();
    },
  };
};
