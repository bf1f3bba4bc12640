import type { NewFaultJson, StateJson, StatePatchJson } from '../../../../src/emulator/control/json-types.ts';
import type { StartBackend } from './backend.ts';
import { buildPage } from './built-page.ts';
import { startWebhookApp, type WebhookApp } from './webhook-app.ts';

const SWITCH = 'EMULATOR_PAGE_BACKEND';

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

async function chooseBackend(): Promise<StartBackend> {
  if (process.env[SWITCH] === 'fake') return (await import('./fake-emulator.ts')).startFakeEmulator;
  return (await import('./real-emulator.ts')).startRealEmulator;
}

/** Starts what the page is tested against: the emulator, or the fake one where `EMULATOR_PAGE_BACKEND` is `fake`. */
export async function startPageServer(): Promise<PageServer> {
  const [app, built, startBackend] = await Promise.all([startWebhookApp(), buildPage(), chooseBackend()]);
  const backend = await startBackend({ webhookUrl: app.url, pageFolder: built.folder });

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
    advance: (span) => control('POST', '/clock', { advance: span }),
    state: async () => (await (await call('GET', '/__emulator/v1/state')).json()) as StateJson,
    reset: () => control('POST', '/reset', {}),
    start: backend.start,
    stop: backend.stop,
    async close() {
      await backend.stop();
      await app.close();
      await built.remove();
    },
  };
}
