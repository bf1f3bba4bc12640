import { createControl } from '../../../../src/emulator/control/control.ts';
import { startCore } from '../../../../src/emulator/core.ts';
import type { GatewayEmulator } from '../../../../src/emulator/gateway.ts';

/** What an emulator is started with. */
export interface EmulatorOptions {
  /** Where the app takes deliveries. */
  readonly webhookUrl: string;
  /** The folder of the built page. */
  readonly pageFolder: string;
}

/** The emulator, which can go and come back. */
export interface RestartableEmulator {
  readonly url: string;
  readonly apiKey: string;
  readonly instanceId: string;
  /** Comes back at the same address. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The second attempt comes this soon, and there is no third. */
const RETRY_MS = 150;
const ATTEMPTS_MAX = 2;
const API_KEY = 'emu_key_of_the_page_tests';

/** Starts the emulator with the control API and a page that was built apart. */
export async function startEmulator({
  webhookUrl,
  pageFolder,
}: EmulatorOptions): Promise<RestartableEmulator> {
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
}
