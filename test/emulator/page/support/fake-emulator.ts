import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { StartBackend } from './backend.ts';
import { createFakeGateway } from './fake-gateway.ts';
import { FakeState } from './fake-state.ts';

const PREFIX = '/__emulator/v1';
const MINUTE_MS = 60_000;
const HOUR_MS: number = 60 * MINUTE_MS;
const SPAN = /^(\d+)([mhd])$/u;
const UNITS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: 24 * HOUR_MS };

const TYPES: ReadonlyMap<string, string> = new Map([
  ['/', 'text/html; charset=utf-8'],
  ['/page.js', 'text/javascript; charset=utf-8'],
  ['/page.css', 'text/css; charset=utf-8'],
  ['/icon.svg', 'image/svg+xml'],
]);

/** What the real emulator must send with the page. */
const PAGE_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function follow(state: FakeState, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write('retry: 300\n\n');
  const tell = (told: { id: number; name: string; data: unknown }): void => {
    response.write(`id: ${told.id}\nevent: ${told.name}\ndata: ${JSON.stringify(told.data)}\n\n`);
  };
  const last = Number(request.headers['last-event-id'] ?? Number.NaN);
  for (const told of state.feed) if (told.id > last) tell(told);
  state.listeners.add(tell);
  request.on('close', () => state.listeners.delete(tell));
}

function moveClock(state: FakeState, change: Record<string, unknown>): boolean {
  if (change.reset === true) state.offsetMs = 0;
  else {
    const [, count, unit] = SPAN.exec(String(change.advance)) ?? [];
    if (unit === undefined) return false;
    state.offsetMs += Number(count) * (UNITS[unit] ?? 0);
  }
  state.tellState();
  return true;
}

/** The control API, as far as the page needs it, in memory. */
function route(state: FakeState, gateway: ReturnType<typeof createFakeGateway>) {
  const listOf = (records: Map<string, unknown>) => ({
    items: [...records.values()].reverse(),
    before: null,
  });
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://emulator');
    const call = `${request.method} ${url.pathname.slice(PREFIX.length)}`;
    const body = request.method === 'GET' ? '' : await readBody(request);
    const fields = body === '' ? {} : JSON.parse(body);
    const [, resource = '', id = ''] = url.pathname.slice(PREFIX.length).split('/');
    if (call === 'GET /state') return answer(response, 200, state.toJson());
    if (call === 'GET /faults') return answer(response, 200, { items: state.faults, before: null });
    if (call === 'GET /deliveries') return answer(response, 200, listOf(state.deliveries));
    if (call === 'GET /requests') return answer(response, 200, listOf(state.requests));
    if (call === 'GET /events') return follow(state, request, response);
    if (call === 'POST /messages')
      return answer(response, 202, { delivery: gateway.say(fields.from, fields.text) });
    if (call === 'POST /opt-outs') return answer(response, 202, { delivery: gateway.optOut(fields.from) });
    if (call === 'POST /reset') state.reset();
    if (call === 'POST /clock' && !moveClock(state, fields)) {
      return answer(response, 400, {
        error: 'invalid_span',
        message: 'advance must be like 90m, 25h or 2d.',
      });
    }
    if (call === 'PATCH /state') {
      const { unsuppress = [], ...settings } = fields;
      for (const phone of unsuppress) state.suppressed.delete(phone);
      Object.assign(state.settings, settings);
      state.tellState();
      return answer(response, 200, state.toJson());
    }
    if (resource === 'faults') {
      if (request.method === 'POST') {
        const { times = 1 } = fields;
        state.faults.push({ ...fields, id: `flt_${state.nextId()}`, times, remaining: times });
      } else state.faults = id === '' ? [] : state.faults.filter((fault) => fault.id !== id);
      state.tell('faults', state.faults);
    }
    if (resource === 'deliveries') {
      const original = state.deliveries.get(id);
      if (original === undefined)
        return answer(response, 404, { error: 'not_found', message: 'No such delivery.' });
      return answer(response, 202, { delivery: gateway.resend(original, fields) });
    }
    return answer(response, 200, {});
  };
}

/** A stand-in for the emulator: the same JSON, the same CSP, no rules to speak of. */
export const startFakeEmulator: StartBackend = async ({ webhookUrl, pageFolder }) => {
  let server: Server | undefined;
  let port = 0;
  const url = (): string => `http://127.0.0.1:${port}`;
  const state = new FakeState(url, webhookUrl);
  const gateway = createFakeGateway(state);
  const control = route(state, gateway);

  async function servePage(pathname: string, response: ServerResponse): Promise<void> {
    const type = TYPES.get(pathname);
    if (type === undefined) return answer(response, 404, {});
    const bytes = await readFile(join(pageFolder, pathname === '/' ? 'index.html' : pathname));
    const headers = {
      'content-type': type,
      'content-security-policy': PAGE_CSP,
      'cache-control': 'no-cache',
    };
    response.writeHead(200, headers).end(bytes);
  }

  async function start(): Promise<void> {
    server = createServer(async (request, response) => {
      const { pathname } = new URL(request.url ?? '/', url());
      if (pathname.startsWith(PREFIX)) return control(request, response);
      if (pathname !== '/api/send-message') return servePage(pathname, response);
      const sent = gateway.send(await readBody(request));
      response.writeHead(sent.status, { 'content-type': 'application/json' }).end(sent.body);
    });
    await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  }

  async function stop(): Promise<void> {
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
  }

  await start();
  return { url: url(), apiKey: 'emu_key_fake', instanceId: 'emu_instance', start, stop };
};
