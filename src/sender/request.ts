import type { Dispatcher } from 'undici';
import { BACKSTOP_MARGIN_MS, MAX_TIMER_MS, USER_AGENT } from '../protocol.ts';
import type { CheckedCall, CheckedMessage } from './message.ts';
import { OnceBody } from './once-body.ts';
import type { SenderConfig } from './options.ts';

/** Makes the request that carries a message, in undici's terms. */
export type CreateRequest = (message: CheckedMessage, call: CheckedCall) => Dispatcher.DispatchOptions;

/** Prepares what is the same in all requests of a sender. */
export function requestCreator(config: SenderConfig): CreateRequest {
  const { origin, path } = config;
  const headers = {
    authorization: `Bearer ${config.apiKey}`,
    'content-type': 'application/json',
    // Some web frameworks answer a refusal with a redirect to a page unless JSON is asked for.
    accept: 'application/json',
    'user-agent': USER_AGENT,
  };
  const isOwn = config.dispatcher === undefined;
  return ({ phone, message, purpose }, { instanceId, timeoutMs }) => {
    const text = JSON.stringify({ instance_id: instanceId, phone, message, message_purpose: purpose });
    const backstopMs = Math.min(timeoutMs + BACKSTOP_MARGIN_MS, MAX_TIMER_MS);
    return {
      origin,
      path,
      method: 'POST',
      headers: isOwn ? headers : { ...headers, 'content-length': String(Buffer.byteLength(text)) },
      headersTimeout: backstopMs,
      bodyTimeout: backstopMs,
      body: isOwn ? text : onceBody(text),
    };
  };
}

function onceBody(text: string): NonNullable<Dispatcher.DispatchOptions['body']> {
  const body: unknown = new OnceBody(text);
  // undici takes any iterable; its types name only some.
  return body as NonNullable<Dispatcher.DispatchOptions['body']>;
}
