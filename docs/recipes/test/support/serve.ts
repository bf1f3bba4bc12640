import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { onTestFinished } from 'vitest';

/** The path of the webhook in every recipe. */
export const WEBHOOK_PATH = '/webhooks/whatsapp-gateway';

/** Starts a server, or an app that is a listener of one, on a free port until the test ends. Answers its origin. */
export async function serve(app: Server | RequestListener): Promise<string> {
  const server = typeof app === 'function' ? createServer(app) : app;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');
  return `http://127.0.0.1:${address.port}`;
}
