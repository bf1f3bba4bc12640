import { createRequire } from 'node:module';
import type express from 'express';
import type { Express, RequestHandler } from 'express';
import type { WebhookMiddleware } from '../../src/webhook/middleware.ts';
import type { Listener } from './server.ts';

const require = createRequire(import.meta.url);

/** Where deliveries are sent in every test. */
export const PATH = '/webhooks/whatsapp-gateway';

/** One of the Express versions this package supports, with its body parsers. */
export interface ExpressVersion {
  readonly name: string;
  readonly express: typeof express;
}

export const expressVersions: readonly ExpressVersion[] = [
  { name: 'Express 4.17.0', express: require('express4-oldest') },
  { name: 'Express 4.22', express: require('express4') },
  { name: 'Express 5', express: require('express') },
];

/** Something that the middleware is mounted in. */
export interface Host {
  readonly name: string;
  mount(webhook: WebhookMiddleware): Listener;
}

export const hosts: readonly Host[] = [
  ...expressVersions.map(({ name, express }) => ({
    name,
    mount: (webhook: WebhookMiddleware) => {
      const app = express();
      app.post(PATH, webhook);
      return app;
    },
  })),
  {
    name: 'node:http',
    mount: (webhook) => (request, response) => webhook(request, response),
  },
];

/** An existing app: what is `before` was there first, then the webhook, as `app.post` unless told otherwise. */
export function appWith(
  { express }: ExpressVersion,
  webhook: WebhookMiddleware,
  ...before: readonly RequestHandler[]
): Express {
  const app = express();
  for (const middleware of before) app.use(middleware);
  app.post(PATH, webhook);
  return app;
}
