import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { middleware as lineMiddleware } from '@line/bot-sdk';
import { createNodeMiddleware, Webhooks } from '@octokit/webhooks';
import express from 'express';
import {
  createWebhookReceiver,
  verifyWebhook,
  type WebhookOptions,
  whatsappGatewayWebhook,
} from 'express-whatsapp-gateway';
import getRawBody from 'raw-body';
import { SECRET } from '../support/delivery.ts';
import { floor } from '../support/floor.ts';
import type { Style } from './styles.ts';

/** Who answers, whose signatures it wants, and how it is made. */
export interface Served {
  readonly style: Style;
  make(): RequestListener;
}

const key = createSecretKey(SECRET, 'utf8');
const handle = (_event: unknown): void => {};

function collect(request: Parameters<RequestListener>[0]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

/** The least that a plain server can do; it checks nothing. */
function bare(): RequestListener {
  return async (request, response) => {
    handle(floor(await collect(request)));
    response.end('ok');
  };
}

/** No more than the check. */
function verified(): RequestListener {
  return async (request, response) => {
    handle(verifyWebhook({ rawBody: await collect(request), headers: request.headers, secret: SECRET }));
    response.end('ok');
  };
}

function receiver(options: Partial<WebhookOptions> = {}): RequestListener {
  const { receive } = createWebhookReceiver({ secret: SECRET, onMessage: handle, ...options });
  return async (request, response) => {
    const { method, headers } = request;
    const answered = await receive({ method, headers, rawBody: await collect(request) });
    response.writeHead(answered.status, answered.headers).end(answered.body);
  };
}

/** What a careful developer writes without us: `undefined` where the signature does not hold. */
function checkByHand(timestamp: string, signature: string, body: Buffer): unknown {
  const expected = createHmac('sha256', key).update(`${timestamp}.`).update(body).digest();
  const received = Buffer.from(signature.slice('sha256='.length), 'hex');
  if (received.length !== expected.length || !timingSafeEqual(received, expected)) return undefined;
  return JSON.parse(body.toString('utf8'));
}

/** By hand, with no memory of what came before. */
function handWritten(): RequestListener {
  const app = express();
  app.post('/webhook', async (request, response) => {
    const body = await getRawBody(request, { limit: '1mb' });
    const timestamp = request.get('x-whatsapp-gateway-timestamp') ?? '';
    const event = checkByHand(timestamp, request.get('x-whatsapp-gateway-signature') ?? '', body);
    if (event === undefined) {
      response.status(401).end();
      return;
    }
    handle(event);
    response.end('ok');
  });
  return app;
}

/** The same without Express. */
function bareHandWritten(): RequestListener {
  return async (request, response) => {
    const body = await collect(request);
    const timestamp = request.headers['x-whatsapp-gateway-timestamp'];
    const event = checkByHand(
      String(timestamp),
      String(request.headers['x-whatsapp-gateway-signature']),
      body,
    );
    if (event === undefined) {
      response.writeHead(401).end();
      return;
    }
    handle(event);
    response.end('ok');
  };
}

function ours(): RequestListener {
  const app = express();
  app.post('/webhook', whatsappGatewayWebhook({ secret: SECRET, onMessage: handle }));
  return app;
}

function line(): RequestListener {
  const app = express();
  app.post('/webhook', lineMiddleware({ channelSecret: SECRET }), (request, response) => {
    handle(request.body);
    response.end('ok');
  });
  return app;
}

function octokit(): RequestListener {
  const webhooks = new Webhooks({ secret: SECRET });
  webhooks.on('issues', handle);
  const app = express();
  app.use(createNodeMiddleware(webhooks, { path: '/webhook' }));
  return app;
}

/** All servers, by the names that the tables show. */
export const servers = {
  'node:http, nothing checked': { style: 'gateway', make: bare },
  'node:http, hand-written': { style: 'gateway', make: bareHandWritten },
  'node:http, verifyWebhook': { style: 'gateway', make: verified },
  'node:http, createWebhookReceiver, deliveries: false': {
    style: 'gateway',
    make: () => receiver({ deliveries: false }),
  },
  'node:http, createWebhookReceiver': { style: 'gateway', make: () => receiver() },
  'Express 5, hand-written': { style: 'gateway', make: handWritten },
  'Express 5, whatsappGatewayWebhook': { style: 'gateway', make: ours },
  'Express 5, @line/bot-sdk': { style: 'line', make: line },
  'Express 5, @octokit/webhooks': { style: 'octokit', make: octokit },
} as const satisfies Record<string, Served>;

/** Starts one of them on a port of its own. */
export function listen(make: () => RequestListener): Promise<number> {
  // Connections wait while the others take their turn.
  const server = createServer({ keepAliveTimeout: 0 }, make());
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
