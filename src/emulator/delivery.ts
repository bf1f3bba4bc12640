import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import { performance } from 'node:perf_hooks';
import { types } from 'node:util';
import { DEFAULT_MAX_RESPONSE_BYTES, SIGNATURE_HEADER } from '../protocol.ts';
import { signWebhook } from '../testing/sign-webhook.ts';
import { type BodyStyle, encodeBody } from './encode-body.ts';
import type { EmulatorWebhook } from './options.ts';
import { type SignatureTampering, tamperWithSignature } from './tamper.ts';

/** How one delivery differs from an ordinary one. */
export interface DeliverOptions {
  /**
   * When it was signed: a `Date`, milliseconds since 1970, or the literal text of the header.
   *
   * @default now
   */
  timestamp?: Date | number | string;
  /** What to do to the signature, so that a test can see it refused. @default nothing */
  signature?: SignatureTampering;
  /** How an event object is written; bytes and strings go as they are. @default the emulator's `bodyStyle` */
  bodyStyle?: BodyStyle;
}

/** One try to deliver: the app's answer, or the error that stood in its place. */
export type DeliveryAttempt =
  | {
      /** The HTTP status. */
      readonly status: number;
      /** The answer's headers. */
      readonly headers: IncomingHttpHeaders;
      /** The first 64 KiB of the answer's body as text. */
      readonly body: string;
      /** From the first byte sent to the last one read, connecting included. */
      readonly durationMs: number;
      readonly error?: undefined;
    }
  | {
      /** Why there was no whole answer. */
      readonly error: Error;
      /** How long it took to fail. */
      readonly durationMs: number;
      readonly status?: undefined;
      readonly headers?: undefined;
      readonly body?: undefined;
    };

/** A delivery that was made. */
export interface WebhookDelivery<Event = unknown> {
  /** What was delivered, as it was given. */
  readonly event: Event;
  /** The headers that were sent, the signature included. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes that were sent. */
  readonly rawBody: Buffer;
  /** One for each try; exactly one for now, as nothing is known of the gateway's retries. */
  readonly attempts: readonly DeliveryAttempt[];
}

/** Delivers webhooks, and can cut off what is still under way. */
export interface Deliverer {
  /** Signs an event and posts it once. Whatever the app does, it settles with an attempt. */
  deliver<Event extends object | string>(
    webhook: EmulatorWebhook,
    event: Event,
    options: Readonly<DeliverOptions> & { readonly bodyStyle: BodyStyle },
  ): Promise<WebhookDelivery<Event>>;
  /** Ends every delivery under way. */
  close(): void;
}

/** How long one attempt may take. Assumed: the gateway's own time-out is not known. */
const ATTEMPT_TIMEOUT_MS = 30_000;

function nextResponse(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    // Stays for good: what fails after the answer came must not become an uncaught error.
    request.on('error', reject);
    request.once('close', () => reject(new Error('The connection was closed without an answer.')));
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (size < DEFAULT_MAX_RESPONSE_BYTES) chunks.push(chunk.subarray(0, DEFAULT_MAX_RESPONSE_BYTES - size));
    size += chunk.length;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function sign(
  webhook: EmulatorWebhook,
  event: object | string,
  { timestamp, signature, bodyStyle }: Readonly<DeliverOptions> & { readonly bodyStyle: BodyStyle },
): { headers: Record<string, string>; rawBody: Buffer } {
  const isLiteral = typeof event === 'string' || types.isUint8Array(event);
  const { headers, rawBody } = signWebhook({
    secret: webhook.secret,
    body: isLiteral ? event : encodeBody(event, bodyStyle),
    ...(timestamp === undefined ? {} : { timestamp }),
  });
  const { [SIGNATURE_HEADER]: right = '', ...others } = headers;
  const sent = tamperWithSignature(right, signature);
  return { headers: sent === undefined ? others : { ...others, [SIGNATURE_HEADER]: sent }, rawBody };
}

/** Makes what delivers an emulator's webhooks, over `node:http` and `node:https`, following no redirect. */
export function createDeliverer(): Deliverer {
  const underWay = new Set<ClientRequest>();

  async function attempt(
    url: URL,
    headers: Record<string, string>,
    rawBody: Buffer,
  ): Promise<DeliveryAttempt> {
    const startedAt = performance.now();
    const open = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = open(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': rawBody.length, 'user-agent': 'whatsapp-gateway-emulator' },
      agent: false,
    });
    underWay.add(request);
    const timer = setTimeout(() => {
      request.destroy(new Error(`The app did not answer within ${ATTEMPT_TIMEOUT_MS} ms.`));
    }, ATTEMPT_TIMEOUT_MS).unref();
    try {
      const answered = nextResponse(request);
      request.end(rawBody);
      const response = await answered;
      const body = await readText(response);
      const durationMs = performance.now() - startedAt;
      return { status: response.statusCode ?? 0, headers: response.headers, body, durationMs };
    } catch (cause) {
      const error = types.isNativeError(cause) ? cause : new Error(String(cause), { cause });
      return { error, durationMs: performance.now() - startedAt };
    } finally {
      clearTimeout(timer);
      underWay.delete(request);
      request.destroy();
    }
  }

  return {
    async deliver(webhook, event, options) {
      const { headers, rawBody } = sign(webhook, event, options);
      const attempts = [await attempt(new URL(webhook.url), headers, rawBody)];
      return { event, headers, rawBody, attempts };
    },
    close() {
      for (const request of underWay) request.destroy(new Error('The emulator was closed.'));
    },
  };
}
