import { Agent as HttpAgent } from 'node:http';
import axios from 'axios';
import { createSender } from 'express-whatsapp-gateway';
import got from 'got';
import { type Dispatcher, Pool, request, fetch as undiciFetch } from 'undici';

/** Sends one message, and fails unless the gateway took it. */
export type Send = () => Promise<unknown>;

const API_KEY = 'wg_live_bench';
const PATH = '/api/send-message';
const CONNECTIONS = 50;
const TIMEOUT_MS = 15_000;
const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
const message = {
  phone: '+966501234567',
  message: 'طلبك رقم 4821 في الطريق إليك.',
  purpose: 'transactional',
} as const;

function bodyOf(): Readonly<Record<string, string>> {
  const { purpose, ...rest } = message;
  return { instance_id: 'inst_01HZX3J5K7M9', ...rest, message_purpose: purpose };
}

function check(answer: unknown): void {
  if (typeof answer === 'object' && answer !== null && 'success' in answer && answer.success === true) return;
  throw new Error('The gateway did not take it.');
}

/** As little as undici can do: no promise but one, no stream, no parsed headers. */
function dispatch(origin: string): Send {
  const pool = new Pool(origin, { connections: CONNECTIONS });
  return () =>
    new Promise<void>((resolve, reject) => {
      const chunks: Buffer[] = [];
      const handler: Dispatcher.DispatchHandler = {
        onRequestStart() {},
        onResponseStart() {},
        onResponseData(_, chunk) {
          chunks.push(chunk);
        },
        onResponseEnd() {
          check(JSON.parse(Buffer.concat(chunks).toString('utf8')));
          resolve();
        },
        onResponseError(_, error) {
          reject(error);
        },
      };
      pool.dispatch({ path: PATH, method: 'POST', headers, body: JSON.stringify(bodyOf()) }, handler);
    });
}

function ours(origin: string): Send {
  const sender = createSender({
    apiKey: API_KEY,
    instanceId: 'inst_01HZX3J5K7M9',
    baseUrl: origin,
    connections: CONNECTIONS,
  });
  return () => sender.send(message);
}

function undiciRequest(origin: string): Send {
  const pool = new Pool(origin, { connections: CONNECTIONS });
  return async () => {
    const { body } = await request(`${origin}${PATH}`, {
      dispatcher: pool,
      method: 'POST',
      headers,
      body: JSON.stringify(bodyOf()),
    });
    check(await body.json());
  };
}

function fetching(origin: string): Send {
  const pool = new Pool(origin, { connections: CONNECTIONS });
  return async () => {
    const body = JSON.stringify(bodyOf());
    const response = await undiciFetch(`${origin}${PATH}`, {
      dispatcher: pool,
      method: 'POST',
      headers,
      body,
    });
    check(await response.json());
  };
}

function withAxios(origin: string): Send {
  const httpAgent = new HttpAgent({ keepAlive: true, maxSockets: CONNECTIONS });
  const client = axios.create({ baseURL: origin, headers, httpAgent, timeout: TIMEOUT_MS });
  return async () => check((await client.post(PATH, bodyOf())).data);
}

function withGot(origin: string): Send {
  const agent = { http: new HttpAgent({ keepAlive: true, maxSockets: CONNECTIONS }) };
  const client = got.extend({ prefixUrl: origin, headers, agent, timeout: { request: TIMEOUT_MS } });
  return async () => check(await client.post(PATH.slice(1), { json: bodyOf() }).json());
}

/** All clients, by the names that the tables show. */
export const clients = {
  'undici dispatch': dispatch,
  'createSender().send': ours,
  'undici request': undiciRequest,
  'undici fetch': fetching,
  axios: withAxios,
  got: withGot,
} as const satisfies Record<string, (origin: string) => Send>;
