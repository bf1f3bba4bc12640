import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import { type BodySchema, readJson } from './read-json.ts';

/** A call that a route answers. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The `{id}` of the path; empty where it has none. */
  readonly id: string;
  readonly query: URLSearchParams;
  /** The route itself, for messages. */
  readonly owner: string;
}

/** One path and method of the control API. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the prefix; at most one segment of it is `{id}`. */
  readonly path: string;
  /** Answers, or `undefined` where the response was taken over. */
  readonly answer: (call: Call) => Answer | undefined | Promise<Answer>;
}

/** A route that takes no body. */
export function plain(
  method: 'GET' | 'DELETE',
  path: string,
  answer: (call: Call) => Answer | undefined | Promise<Answer>,
): Route {
  return { method, path, answer };
}

/** A route that takes JSON. */
export function writing<Body>(
  method: 'POST' | 'PATCH',
  path: string,
  schema: BodySchema<Body>,
  answer: (body: Body, call: Call) => Answer | Promise<Answer>,
): Route {
  return {
    method,
    path,
    answer: async (call) => answer(await readJson(call.request, call.owner, schema), call),
  };
}
