import type { IncomingMessage } from 'node:http';
import { inspect } from 'node:util';
import type { Claim } from '../deliveries/claims.ts';
import { type ReceiveTrace, receiveChannel } from '../telemetry.ts';
import { DeliveryContext } from './context.ts';
import {
  bodyTooLarge,
  deliveryInFlight,
  handlerFailed,
  isWebhookError,
  methodNotAllowed,
  requestAborted,
  storeUnavailable,
  unsupportedContentEncoding,
  unsupportedContentType,
  type WebhookError,
} from './errors.ts';
import type { WebhookEvent } from './event.ts';
import { type ChosenHandler, chooseHandler, type HandlerResult, runHandler } from './handler.ts';
import type { WebhookHeaders } from './headers.ts';
import { resolveWebhookOptions, type WebhookConfig, type WebhookOptions } from './options.ts';
import type { WebhookOutcome } from './outcome.ts';
import {
  openHeaders,
  readSignatureHeaders,
  type SignatureHeaders,
  toBytes,
  type VerifiedWebhook,
  verifyDelivery,
} from './verify.ts';

/** One request, with no framework around it. */
export interface WebhookRequest {
  /**
   * The HTTP method.
   *
   * @default 'POST'
   */
  readonly method?: string | undefined;
  /** Node's header object or a Fetch `Headers`. */
  readonly headers: WebhookHeaders;
  /** The body's bytes, or a function that reads them: it is called only once the headers are in order. */
  readonly rawBody: Uint8Array | string | (() => Promise<Uint8Array | string>);
  /** Handed to handlers as `context.request`. */
  readonly request?: IncomingMessage | undefined;
}

/** What to answer. */
export interface WebhookResponse {
  /** The HTTP status. */
  readonly status: number;
  /** The response headers. `Content-Length` is that of `body`: leave it out if you send another. */
  readonly headers: Readonly<Record<string, string>>;
  /** The response body. */
  readonly body: string;
  /** Why it is not 200. From 500 up the fault is ours: hand it to your error reporting. */
  readonly error?: WebhookError;
}

/** Receives deliveries with no framework around it. */
export interface WebhookReceiver {
  /**
   * Does the whole job for one request. Whatever the request is, it does not reject.
   *
   * @throws TypeError where it is mounted itself, as if it were a middleware.
   */
  receive(request: WebhookRequest): Promise<WebhookResponse>;
}

/** An outcome in the making: filled in field by field, because copying it at each step costs more than the steps. */
type Settled = { -readonly [Field in keyof WebhookOutcome]: WebhookOutcome[Field] };

const JSON_CONTENT_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/iu;

/** Everything that can be refused before a byte of the body is read. */
function checkEnvelope({ method = 'POST', headers }: WebhookRequest): SignatureHeaders {
  if (method !== 'POST') throw methodNotAllowed(method);
  const read = openHeaders('receive', headers);
  const signatureHeaders = readSignatureHeaders(read);
  const encoding = read('content-encoding') || 'identity';
  if (encoding.toLowerCase() !== 'identity') throw unsupportedContentEncoding();
  // The contract does not promise the header, so only a wrong one is refused.
  const contentType = read('content-type');
  if (contentType && !JSON_CONTENT_TYPE.test(contentType)) throw unsupportedContentType();
  return signatureHeaders;
}

async function readBody(read: () => Promise<Uint8Array | string>): Promise<Uint8Array> {
  try {
    return toBytes(await read());
  } catch (error) {
    throw isWebhookError(error) ? error : requestAborted(error);
  }
}

// After `writeHead`, Node answers in chunks unless it was told a length, which costs 5 % of a whole request.
function toResponse({ status, error }: WebhookOutcome): WebhookResponse {
  if (status === 200 || error === undefined) {
    return {
      status,
      headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': '2' },
      body: 'ok',
    };
  }
  const body = JSON.stringify({ error: error.code });
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    ...error.headers,
    'Content-Length': String(Buffer.byteLength(body)),
  };
  return { status, headers, body, error };
}

function fail(type: 'duplicate' | 'rejected' | 'failed' | 'timed_out', error: WebhookError): Settled {
  return { type, status: error.status, error, durationMs: 0 };
}

function succeed(type: 'handled' | 'unhandled' | 'duplicate'): Settled {
  return { type, status: 200, durationMs: 0 };
}

function traceOf({ type, status, error, event, secretIndex }: WebhookOutcome): ReceiveTrace {
  return {
    outcome: type,
    status,
    ...(error && { code: error.code }),
    ...(event !== undefined && { event }),
    ...(secretIndex !== undefined && { secretIndex }),
  };
}

/** Nobody would answer the request: what `receive` resolves with is for its caller. */
function refuseResponse(candidate: unknown): void {
  if (typeof candidate !== 'object' || candidate === null || !('writeHead' in candidate)) return;
  throw new TypeError(
    'receive was given a response: it was mounted itself. Mount whatsappGatewayWebhook(options) instead, or call it: ' +
      'const { status, headers, body } = await receiver.receive({ headers: req.headers, rawBody }).',
  );
}

/** The receiver behind {@link createWebhookReceiver} and the middleware. */
export function buildReceiver(config: WebhookConfig): WebhookReceiver {
  const { claims, leaseMs, memoryMs } = config;

  async function settle(request: WebhookRequest): Promise<Settled> {
    let rawBody: Uint8Array;
    let verified: VerifiedWebhook;
    try {
      const headers = checkEnvelope(request);
      const given = request.rawBody;
      rawBody = typeof given === 'function' ? await readBody(given) : toBytes(given);
      if (rawBody.byteLength > config.bodyLimitBytes) throw bodyTooLarge(config.bodyLimitBytes);
      verified = verifyDelivery(config, headers, rawBody);
    } catch (thrown) {
      const error = isWebhookError(thrown) ? thrown : handlerFailed('The check of the delivery', thrown);
      return fail(error.status < 500 ? 'rejected' : 'failed', error);
    }
    const settled = await settleVerified(verified, rawBody, request.request);
    settled.event = verified.event.event;
    settled.timestamp = verified.timestamp;
    settled.secretIndex = verified.secretIndex;
    return settled;
  }

  async function settleVerified(
    verified: VerifiedWebhook,
    rawBody: Uint8Array,
    request: IncomingMessage | undefined,
  ): Promise<Settled> {
    const { event, digest } = verified;
    const handler = chooseHandler(config.handlers, event);
    if (handler === undefined) return succeed('unhandled');
    let deliveryKey: string;
    try {
      deliveryKey = config.deliveryKey === undefined ? digest : config.deliveryKey(event, digest);
      if (typeof deliveryKey !== 'string' || deliveryKey === '') {
        // A promise, in JavaScript: nobody else looks at how it ends.
        Promise.resolve(deliveryKey).catch(() => undefined);
        throw new TypeError(`deliveryKey answered ${typeof deliveryKey}. Answer a text that is not empty.`);
      }
    } catch (cause) {
      return fail('failed', handlerFailed('deliveryKey', cause));
    }
    const context = new DeliveryContext(verified, deliveryKey, rawBody, request);
    const settled = await handleOnce(handler, event, context);
    settled.deliveryKey = deliveryKey;
    return settled;
  }

  async function handleOnce(
    handler: ChosenHandler,
    event: WebhookEvent,
    context: DeliveryContext,
  ): Promise<Settled> {
    let claim: Claim | undefined;
    if (claims !== undefined) {
      try {
        const claimed = await claims.claim(context.deliveryKey, leaseMs);
        if (claimed === 'done') return succeed('duplicate');
        if (claimed === 'in_flight') return fail('duplicate', deliveryInFlight());
        claim = claimed;
      } catch (cause) {
        return fail('failed', storeUnavailable('claim', cause));
      }
    }
    const result = await runHandler(handler, event, context, config.handlerTimeoutMs);
    if (result.type === 'timed_out') {
      // The handler may still succeed: only it decides whether a retry may run.
      result.late.then((late) => end(claim, late)).catch(() => undefined);
      return fail('timed_out', result.error);
    }
    const settled = result.type === 'failed' ? fail('failed', result.error) : succeed('handled');
    try {
      await end(claim, result);
    } catch (cause) {
      // The work is done, so we do not ask for it again; but the operator learns that a copy might run.
      if (result.type === 'done') settled.error = storeUnavailable('complete', cause);
    }
    return settled;
  }

  function end(claim: Claim | undefined, { type }: HandlerResult): Promise<void> | void {
    return type === 'done' ? claim?.complete(memoryMs) : claim?.release();
  }

  async function report(onOutcome: NonNullable<WebhookConfig['onOutcome']>, outcome: WebhookOutcome) {
    try {
      await onOutcome(outcome);
    } catch (error) {
      process.emitWarning(`onOutcome failed: ${inspect(error)}`, 'WhatsAppGatewayWarning');
    }
  }

  async function answer(request: WebhookRequest, trace?: ReceiveTrace): Promise<WebhookResponse> {
    const { onOutcome } = config;
    if (onOutcome === undefined && trace === undefined) return toResponse(await settle(request));
    const startedAt = performance.now();
    const outcome = await settle(request);
    outcome.durationMs = performance.now() - startedAt;
    if (onOutcome !== undefined) void report(onOutcome, outcome);
    if (trace !== undefined) fillTrace(trace, outcome);
    return toResponse(outcome);
  }

  function fillTrace(trace: ReceiveTrace, outcome: WebhookOutcome): void {
    Object.assign(trace, traceOf(outcome));
    // A key of the app's own may be made of a phone number.
    if (config.deliveryKey === undefined && outcome.deliveryKey) trace.deliveryKey = outcome.deliveryKey;
  }

  async function answerTraced(request: WebhookRequest): Promise<WebhookResponse> {
    const trace: ReceiveTrace = {};
    let response: WebhookResponse | undefined;
    // What the promise resolves with gets into the trace: not the response, whose error has causes.
    await receiveChannel.tracePromise(async () => {
      response = await answer(request, trace);
    }, trace);
    return response as WebhookResponse;
  }

  return {
    // Not asynchronous: Express 4 hears only of what is thrown at once.
    receive(request: WebhookRequest, misplaced?: unknown): Promise<WebhookResponse> {
      refuseResponse(misplaced);
      return receiveChannel.hasSubscribers ? answerTraced(request) : answer(request);
    },
  };
}

/**
 * Receives deliveries with no framework around it: for plain `http`, Fetch-style routes and serverless functions.
 *
 * @throws TypeError when an option does not exist or cannot be used.
 *
 * @example
 * const receiver = createWebhookReceiver({ secret: process.env.WHATSAPP_GATEWAY_WEBHOOK_SECRET, onMessage });
 * export async function POST(request: Request) {
 *   const rawBody = new Uint8Array(await request.arrayBuffer());
 *   const { status, headers, body } = await receiver.receive({ headers: request.headers, rawBody });
 *   return new Response(body, { status, headers });
 * }
 */
export function createWebhookReceiver(options: Readonly<WebhookOptions>): WebhookReceiver {
  return buildReceiver(resolveWebhookOptions('createWebhookReceiver', options));
}
