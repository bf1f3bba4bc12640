import type { NewFaultJson, StateJson, StatePatchJson } from '../../../../src/emulator/control/json-types.ts';
import { buildPage } from './built-page.ts';
import { startEmulator } from './emulator.ts';
import { startWebhookApp, type WebhookApp } from './webhook-app.ts';

/** An emulator with the page, and an app on the other side of it. */
export interface PageServer {
  readonly url: string;
  readonly app: WebhookApp;
  /** The app sends a message; answers the gateway's status. */
  appSends(phone: string, message: string): Promise<number>;
  /** The same as on the page, done elsewhere. */
  say(from: string, text: string): Promise<void>;
  optOut(from: string): Promise<void>;
  addFault(fault: NewFaultJson): Promise<void>;
  change(patch: StatePatchJson): Promise<void>;
  advance(span: string): Promise<void>;
  state(): Promise<StateJson>;
  reset(): Promise<void>;
  /** Takes the emulator away, and brings one back at the same address. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Starts what the page is tested against. */
export async function startPageServer(): Promise<PageServer> {
  const [app, built] = await Promise.all([startWebhookApp(), buildPage()]);
  const emulator = await startEmulator({ webhookUrl: app.url, pageFolder: built.folder });

  async function call(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(`${emulator.url}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : {
            headers: { 'content-type': 'application/json', authorization: `Bearer ${emulator.apiKey}` },
            body: JSON.stringify(body),
          }),
    });
    return response;
  }

  async function control(method: string, path: string, body?: unknown): Promise<void> {
    const response = await call(method, `/__emulator/v1${path}`, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  }

  return {
    url: emulator.url,
    app,
    async appSends(phone, message) {
      const { instanceId } = emulator;
      const body = { instance_id: instanceId, phone, message, message_purpose: 'support' };
      const response = await call('POST', '/api/send-message', body);
      await response.arrayBuffer();
      return response.status;
    },
    say: (from, text) => control('POST', '/messages', { from, text }),
    optOut: (from) => control('POST', '/opt-outs', { from }),
    addFault: (fault) => control('POST', '/faults', fault),
    change: (patch) => control('PATCH', '/state', patch),
    advance: (span) => control('POST', '/clock', { advance: span }),
    state: async () => (await (await call('GET', '/__emulator/v1/state')).json()) as StateJson,
    reset: () => control('POST', '/reset', {}),
    start: emulator.start,
    stop: emulator.stop,
    async close() {
      await emulator.stop();
      await app.close();
      await built.remove();
    },
  };
}
