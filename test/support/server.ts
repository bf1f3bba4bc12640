import { once } from 'node:events';
import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { PATH } from './hosts.ts';

export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

export interface RunningServer {
  readonly server: http.Server;
  readonly port: number;
}

/** Listens on loopback until the test ends. */
export async function serve(listener: Listener, options: http.ServerOptions = {}): Promise<RunningServer> {
  const server = http.createServer(options, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Sending {
  readonly headers?: http.OutgoingHttpHeaders;
  readonly rawBody?: Uint8Array | string;
  readonly method?: string;
  readonly path?: string;
  readonly agent?: http.Agent;
}

/** Sends one request, with a `Content-Length`, and reads the whole answer. */
export async function send(
  { port }: RunningServer,
  { headers = {}, rawBody = '', method = 'POST', path = PATH, agent }: Sending,
): Promise<Answer> {
  const request = http.request({ host: '127.0.0.1', port, method, path, headers, agent: agent ?? false });
  request.end(rawBody);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

/** What the middleware itself answers to a delivery it refuses. */
export function errorBody(code: string): string {
  return `{"error":"${code}"}`;
}
