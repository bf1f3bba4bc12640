import { buildPage } from './built-page.ts';
import { startFakeEmulator } from './fake-emulator.ts';
import { startWebhookApp, type WebhookApp } from './webhook-app.ts';

/** An emulator with the page, and an app on the other side of it. */
export interface PageServer {
  readonly url: string;
  readonly app: WebhookApp;
  /** The app sends a message. */
  appSends(phone: string, message: string): Promise<number>;
  /** Takes the emulator away, and brings one back at the same address. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the emulator that the page is tested against. */
export async function startPageServer(): Promise<PageServer> {
  const app = await startWebhookApp();
  const emulator = await startFakeEmulator(app.url, await buildPage());
  return {
    url: emulator.url,
    app,
    async appSends(phone, message) {
      const body = { instance_id: 'emu_instance', phone, message, message_purpose: 'support' };
      const response = await fetch(`${emulator.url}/api/send-message`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${emulator.apiKey}` },
        body: JSON.stringify(body),
      });
      await response.arrayBuffer();
      return response.status;
    },
    start: emulator.start,
    stop: emulator.stop,
    async close() {
      await emulator.stop();
      await app.close();
    },
  };
}
