import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isIPv6 } from 'node:net';
import type { Activity, Ongoing } from './activity.ts';
import { EMULATOR_PATH } from './limits.ts';
import type { SentAnswer } from './model.ts';
import { readBody } from './read-body.ts';
import { isSendPath } from './sends.ts';

/** A POST that was read to its end. */
export interface PostRequest {
  /** The path with its query. */
  readonly path: string;
  /** The headers as they came. */
  readonly headers: IncomingHttpHeaders;
  /** The bytes, or `too_large` where they were more than the server keeps. */
  readonly body: Buffer | 'too_large';
  /** Aborted when the connection is gone. */
  readonly gone: AbortSignal;
  /** Counts as going on until it is answered; whoever holds the answer back pauses it. */
  readonly ongoing: Ongoing;
}

/** What a POST gets: an answer, or its connection reset with an RST. */
export type Reply = SentAnswer | 'reset';

/** Answers a request to an address that the gateway itself does not have. It must answer, and may be asynchronous. */
export type ExtraRoutes = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** What the HTTP shell needs. */
export interface GatewayServerOptions {
  /** The address to listen at. */
  readonly host: string;
  /** The port to listen at, 0 for a free one. */
  readonly port: number;
  /** How many bytes of a body are kept. */
  readonly bodyLimitBytes: number;
  /** Is told what is going on. */
  readonly activity: Activity;
  /** Answers a POST, to whatever path it came. */
  readonly answerPost: (request: PostRequest) => Promise<Reply>;
  /** Answers everything that is not a POST, by its path. */
  readonly answerOther: (path: string) => SentAnswer;
  /**
   * Answers everything under `/__emulator`, and GET and HEAD of all but the send endpoint; asked anew for each request.
   */
  readonly extraRoutes: () => ExtraRoutes | undefined;
}

/** A listening HTTP shell. */
export interface GatewayServer {
  /** Where it listens, with no slash at the end. */
  readonly url: string;
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
}

function write(response: ServerResponse, answer: SentAnswer, endConnection: boolean): void {
  response.writeHead(answer.status, { ...answer.headers, ...(endConnection ? { connection: 'close' } : {}) });
  response.end(answer.body);
}

function isExtra({ method, url = '/' }: IncomingMessage): boolean {
  if (method === 'GET' || method === 'HEAD') return !isSendPath(url);
  return url === EMULATOR_PATH || url.startsWith(`${EMULATOR_PATH}/`) || url.startsWith(`${EMULATOR_PATH}?`);
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: GatewayServerOptions,
): Promise<void> {
  const extraRoutes = isExtra(request) ? options.extraRoutes() : undefined;
  if (extraRoutes !== undefined) {
    await extraRoutes(request, response);
    return;
  }
  const path = request.url ?? '/';
  if (request.method !== 'POST') {
    write(response, options.answerOther(path), true);
    return;
  }
  const ongoing = options.activity.begin();
  const connection = new AbortController();
  response.once('close', () => {
    connection.abort();
    ongoing.end();
  });
  const body = await readBody(request, options.bodyLimitBytes);
  if (body === undefined) return;
  const { headers } = request;
  const reply = await options.answerPost({ path, headers, body, gone: connection.signal, ongoing });
  if (reply === 'reset') request.socket.resetAndDestroy();
  else write(response, reply, body === 'too_large');
}

function explain(error: NodeJS.ErrnoException, { host, port }: GatewayServerOptions): Error {
  if (error.code !== 'EADDRINUSE') return error;
  const text = `Port ${port} on ${host} is taken. Give another port, or leave it out for a free one.`;
  return Object.assign(new Error(text, { cause: error }), { code: error.code });
}

/** The address by which this machine reaches a server that listens at a host. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return isIPv6(host) ? `[${host}]` : host;
}

/** Starts the HTTP shell: sockets, bodies and bytes, and nothing of what the gateway decides. */
export async function startServer(options: GatewayServerOptions): Promise<GatewayServer> {
  const server = createServer((request, response) => {
    serve(request, response, options).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    const onError = (error: Error): void => reject(explain(error, options));
    server.once('error', onError);
    server.listen(options.port, options.host, () => {
      server.removeListener('error', onError);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${reachableHost(options.host)}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
