import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Spreads requests over web processes, as nginx or a cloud's load balancer does in production. */
export interface Balancer {
  readonly url: string;
  close(): Promise<void>;
}

const BAD_GATEWAY = 502;
const MAX_BODY_BYTES = 1_024 * 1_024;

async function readBody(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new Error('The body is too large for this balancer.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @param targets The addresses of the web processes. One that is down is passed over. */
export async function startBalancer(targets: readonly string[]): Promise<Balancer> {
  const agent = new Agent({ keepAlive: true });
  let turn = 0;

  function forward(req: IncomingMessage, body: Buffer, res: ServerResponse, triesLeft: number): void {
    turn += 1;
    const target = new URL(req.url ?? '/', targets[turn % targets.length]);
    const { 'transfer-encoding': _, connection: __, ...headers } = req.headers;
    const upstream = request(target, {
      agent,
      method: req.method,
      headers: { ...headers, 'content-length': body.length },
    });
    upstream.once('response', (answer) => {
      res.writeHead(answer.statusCode ?? BAD_GATEWAY, answer.headers);
      answer.pipe(res);
      answer.once('error', () => res.destroy());
    });
    upstream.once('error', (error: NodeJS.ErrnoException) => {
      // Only where nobody listens has nobody got it; anything else is the caller's to try again.
      if (error.code === 'ECONNREFUSED' && triesLeft > 1) forward(req, body, res, triesLeft - 1);
      else if (res.headersSent) res.destroy();
      else res.writeHead(BAD_GATEWAY).end();
    });
    upstream.end(body);
  }

  const server = createServer((req, res) => {
    readBody(req).then(
      (body) => forward(req, body, res, targets.length),
      () => res.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await once(server, 'close');
    },
  };
}
