import type { Dispatcher } from 'undici';
import { BACKSTOP_MARGIN_MS, MAX_TIMER_MS, USER_AGENT } from '../protocol.ts';
import type { CheckedCall, CheckedMessage } from './message.ts';
import { OnceBody } from './once-body.ts';
import type { SenderConfig } from './options.ts';

/** The request that carries a message, in undici's terms. */
export function sendRequest(
  config: SenderConfig,
  { phone, message, purpose }: CheckedMessage,
  { instanceId, timeoutMs }: CheckedCall,
): Dispatcher.DispatchOptions {
  const text = JSON.stringify({ instance_id: instanceId, phone, message, message_purpose: purpose });
  const backstopMs = Math.min(timeoutMs + BACKSTOP_MARGIN_MS, MAX_TIMER_MS);
  const request = {
    origin: config.origin,
    path: config.path,
    method: 'POST' as const,
    headers: {
      authorization: `Bearer ${config.apiKey}`,
      'content-type': 'application/json',
      // Some web frameworks answer a refusal with a redirect to a page unless JSON is asked for.
      accept: 'application/json',
      'user-agent': USER_AGENT,
    },
    headersTimeout: backstopMs,
    bodyTimeout: backstopMs,
  };
  if (config.dispatcher === undefined) return { ...request, body: text };
  return withOnceBody(request, text);
}

function withOnceBody(request: Dispatcher.DispatchOptions, text: string): Dispatcher.DispatchOptions {
  const headers = { ...request.headers, 'content-length': String(Buffer.byteLength(text)) };
  const body: unknown = new OnceBody(text);
  // undici takes any iterable; its types name only some.
  return { ...request, headers, body: body as NonNullable<Dispatcher.DispatchOptions['body']> };
}
