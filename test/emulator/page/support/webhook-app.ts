import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An app that answers every delivery with the status it is told to, and remembers the bodies. */
export interface WebhookApp {
  readonly url: string;
  readonly bodies: readonly string[];
  answerWith(status: number): void;
  close(): Promise<void>;
}

export async function startWebhookApp(): Promise<WebhookApp> {
  const bodies: string[] = [];
  let status = 200;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    bodies.push(Buffer.concat(chunks).toString());
    const body = status < 400 ? 'ok' : '{"error":"invalid_signature"}';
    response
      .writeHead(status, { 'content-type': status < 400 ? 'text/plain' : 'application/json' })
      .end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/webhooks/whatsapp-gateway`,
    bodies,
    answerWith(next) {
      status = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
