import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from './read-body.ts';
import type { GatewayAnswer } from './rules.ts';

/** A POST that was read to its end. */
export interface PostRequest {
  /** The path with its query. */
  readonly path: string;
  /** The headers as they came. */
  readonly headers: IncomingHttpHeaders;
  /** The bytes, or `too_large` where they were more than the server keeps. */
  readonly body: Buffer | 'too_large';
}

/** What the HTTP shell needs. */
export interface GatewayServerOptions {
  /** The address to listen at. */
  readonly host: string;
  /** The port to listen at, 0 for a free one. */
  readonly port: number;
  /** How many bytes of a body are kept. */
  readonly bodyLimitBytes: number;
  /** Answers a POST, to whatever path it came. */
  readonly answerPost: (request: PostRequest) => GatewayAnswer;
  /** Answers everything that is not a POST, by its path. */
  readonly answerOther: (path: string) => GatewayAnswer;
}

/** A listening HTTP shell. */
export interface GatewayServer {
  /** Where it listens, with no slash at the end. */
  readonly url: string;
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
}

function write(response: ServerResponse, answer: GatewayAnswer, endConnection: boolean): void {
  const bytes = Buffer.from(JSON.stringify(answer.body), 'utf8');
  response.writeHead(answer.status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...answer.headers,
    ...(endConnection ? { connection: 'close' } : {}),
  });
  response.end(bytes);
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: GatewayServerOptions,
): Promise<void> {
  const path = request.url ?? '/';
  if (request.method !== 'POST') {
    write(response, options.answerOther(path), true);
    return;
  }
  const body = await readBody(request, options.bodyLimitBytes);
  if (body === undefined) return;
  write(response, options.answerPost({ path, headers: request.headers, body }), body === 'too_large');
}

function explain(error: NodeJS.ErrnoException, { host, port }: GatewayServerOptions): Error {
  if (error.code !== 'EADDRINUSE') return error;
  const text = `Port ${port} on ${host} is taken. Give another port, or leave it out for a free one.`;
  return Object.assign(new Error(text, { cause: error }), { code: error.code });
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
    url: `http://${options.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
