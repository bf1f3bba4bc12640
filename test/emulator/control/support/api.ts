import type { ErrorJson } from '../../../../src/emulator/control/json-types.ts';
import type { GatewayEmulator } from '../../../../src/emulator/gateway.ts';
import type { GatewayEmulatorOptions } from '../../../../src/emulator/options.ts';
import { type Received, startApp } from '../../app.ts';
import { SECRET, startGateway } from '../../gateway.ts';
import { checkAnswer } from './description.ts';

export const PREFIX = '/__emulator/v1';

export interface ApiAnswer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** The control API of one emulator. Every answer is held against the description. */
export class Api {
  readonly gateway: GatewayEmulator;

  constructor(gateway: GatewayEmulator) {
    this.gateway = gateway;
  }

  async call<Body>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ApiAnswer<Body>> {
    const response = await fetch(this.gateway.url + PREFIX + path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = text === '' ? undefined : JSON.parse(text);
    if (method !== 'HEAD') checkAnswer(method, path, response.status, json);
    return { status: response.status, headers: response.headers, body: json };
  }

  /** The body of a call that works. */
  async get<Body>(path: string): Promise<Body> {
    const { status, body } = await this.call<Body>('GET', path);
    if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  /** A call that is refused: status, code and message. */
  async refusal(method: string, path: string, body?: unknown): Promise<[number, string, string]> {
    const { status, body: error } = await this.call<ErrorJson>(method, path, body);
    return [status, error.error, error.message];
  }
}

/** An emulator with an app behind it that answers 200, until the test is over. */
export async function startControlled(
  options: GatewayEmulatorOptions = {},
): Promise<{ api: Api; gateway: GatewayEmulator; received: readonly Received[] }> {
  const { url, received } = await startApp();
  const gateway = await startGateway({ webhook: { url, secret: SECRET }, ...options });
  return { api: new Api(gateway), gateway, received };
}
