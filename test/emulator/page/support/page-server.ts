import type { NewFaultJson, StateJson, StatePatchJson } from '../../../../src/emulator/control/json-types.ts';
import { buildPage } from './built-page.ts';
import { startFakeEmulator } from './fake-emulator.ts';
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
  state(): Promise<StateJson>;
  reset(): Promise<void>;
  /** Takes the emulator away, and brings one back at the same address. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** What stands behind a page server: the fake one, or the emulator itself. */
export interface Backend {
  readonly url: string;
  readonly apiKey: string;
  readonly instanceId: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the emulator that the page is tested against. */
export async function startPageServer(): Promise<PageServer> {
  const app = await startWebhookApp();
  const backend: Backend = await startFakeEmulator(app.url, await buildPage());

  async function call(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(`${backend.url}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : {
            headers: { 'content-type': 'application/json', authorization: `Bearer ${backend.apiKey}` },
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
    url: backend.url,
    app,
    async appSends(phone, message) {
      const { instanceId } = backend;
      const body = { instance_id: instanceId, phone, message, message_purpose: 'support' };
      const response = await call('POST', '/api/send-message', body);
      await response.arrayBuffer();
      return response.status;
    },
    say: (from, text) => control('POST', '/messages', { from, text }),
    optOut: (from) => control('POST', '/opt-outs', { from }),
    addFault: (fault) => control('POST', '/faults', fault),
    change: (patch) => control('PATCH', '/state', patch),
    state: async () => (await (await call('GET', '/__emulator/v1/state')).json()) as StateJson,
    reset: () => control('POST', '/reset', {}),
    start: backend.start,
    stop: backend.stop,
    async close() {
      await backend.stop();
      await app.close();
    },
  };
}
