import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GatewayEmulator } from '../gateway.ts';
import { EMULATOR_PATH } from '../limits.ts';
import { accountRoutes } from './account-routes.ts';
import { errorAnswer, jsonAnswer, writeAnswer } from './answer.ts';
import { deliveryRoutes } from './delivery-routes.ts';
import { toControlError } from './errors.ts';
import { createEventStream } from './event-stream.ts';
import { faultRoutes } from './fault-routes.ts';
import { createGuard } from './guard.ts';
import openapi from './openapi.json' with { type: 'json' };
import { createPageFiles } from './page-files.ts';
import { recordRoutes } from './record-routes.ts';
import { plain, type Route } from './route.ts';
import { createRouter } from './router.ts';
import { createToJson } from './to-json.ts';

/** What the control API and the page are made with. */
export interface ControlOptions {
  /** The folder with the built page; it need not exist. */
  readonly pageFolder: string;
  /** The address that the emulator listens at. @default '127.0.0.1' */
  readonly host?: string | undefined;
}

/** Answers a request to whatever the real gateway does not have. Never rejects. */
export type Control = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What all paths of the control API begin with. */
const CONTROL_PREFIX = `${EMULATOR_PATH}/v1`;

const DEFAULT_HOST = '127.0.0.1';
const WHERE_TO_LOOK = `The addresses are in ${CONTROL_PREFIX}/openapi.json.`;
const DESCRIPTION = JSON.stringify(openapi);

/** Every route of the control API. */
export function createRoutes(gateway: GatewayEmulator): readonly Route[] {
  const toJson = createToJson(gateway);
  const stream = createEventStream(gateway, toJson);
  return [
    ...accountRoutes(gateway, toJson),
    ...recordRoutes(gateway, toJson),
    ...deliveryRoutes(gateway, toJson),
    ...faultRoutes(gateway, toJson),
    plain('GET', '/openapi.json', () => ({ status: 200, json: DESCRIPTION })),
    plain('GET', '/events', ({ request, response }) => {
      if (request.method === 'HEAD') return jsonAnswer(200, {});
      stream.connect(request, response);
      return undefined;
    }),
  ];
}

/**
 * Makes the control API under `/__emulator/v1` and the page at `/`. It holds nothing that keeps a process alive but the
 * connections of those who follow its events, which end with the server.
 */
export function createControl(gateway: GatewayEmulator, options: ControlOptions): Control {
  const { pageFolder, host = DEFAULT_HOST } = options;
  const guard = createGuard(host);
  const findRoute = createRouter(createRoutes(gateway), WHERE_TO_LOOK);
  const servePage = createPageFiles(pageFolder);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    guard(request);
    const { method = 'GET', url = '/' } = request;
    const [path = '', ...query] = url.split('?');
    if (path !== EMULATOR_PATH && !path.startsWith(`${EMULATOR_PATH}/`)) {
      await servePage(request, response, path);
      return;
    }
    const below = path.startsWith(CONTROL_PREFIX) ? path.slice(CONTROL_PREFIX.length) : '';
    const { route, id } = findRoute(method, below);
    const call = {
      request,
      response,
      id,
      query: new URLSearchParams(query.join('?')),
      owner: `${route.method} ${route.path}`,
    };
    const answered = await route.answer(call);
    if (answered !== undefined) writeAnswer(response, answered);
  }

  return async function control(request, response) {
    try {
      await answer(request, response);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else writeAnswer(response, errorAnswer(toControlError(error)));
    }
  };
}
