import { describe, expect, it, vi } from 'vitest';
import { webhookErrorStatuses } from '../../src/protocol.ts';
import { isWebhookError } from '../../src/webhook/errors.ts';
import { whatsappGatewayWebhook } from '../../src/webhook/middleware.ts';
import { createWebhookReceiver } from '../../src/webhook/receiver.ts';
import { verifyWebhook } from '../../src/webhook/verify.ts';
import { hosts } from '../support/hosts.ts';
import { errorBody, send, serve } from '../support/server.ts';
import { type Vector, vectors, vectorsNow } from '../support/vectors.ts';

/** The status and the body that a vector is answered with. */
function expected({ reason }: Vector): { status: number; body: string } {
  if (reason === undefined) return { status: 200, body: 'ok' };
  const statuses: Readonly<Record<string, number>> = webhookErrorStatuses;
  return { status: statuses[reason] ?? 0, body: errorBody(reason) };
}

describe('the 43 vectors made in Python', () => {
  it('are all there: 18 good ones, 25 bad ones', () => {
    expect(vectors.filter(({ reason }) => reason === undefined)).toHaveLength(18);
    expect(vectors.filter(({ reason }) => reason !== undefined)).toHaveLength(25);
  });

  describe.each(hosts)('through the middleware in $name', ({ mount }) => {
    it.each(vectors)('$name', async (vector) => {
      const handler = vi.fn();
      const webhook = whatsappGatewayWebhook({ secret: vector.secret, onEvent: handler, now: vectorsNow });
      const { status, text } = await send(await serve(mount(webhook)), vector);
      expect({ status, body: text }).toEqual(expected(vector));
      expect(handler).toHaveBeenCalledTimes(vector.reason === undefined ? 1 : 0);
    });
  });

  it.each(vectors)('through createWebhookReceiver: $name', async (vector) => {
    const handler = vi.fn();
    const receiver = createWebhookReceiver({ secret: vector.secret, onEvent: handler, now: vectorsNow });
    const { status, body, error } = await receiver.receive(vector);
    expect({ status, body }).toEqual(expected(vector));
    expect(error?.code).toBe(vector.reason);
    expect(handler).toHaveBeenCalledTimes(vector.reason === undefined ? 1 : 0);
  });

  it.each(vectors)('through verifyWebhook: $name', ({ secret, headers, rawBody, reason }) => {
    let code: string | undefined;
    try {
      const { event, digest } = verifyWebhook({ secret, headers, rawBody, now: vectorsNow });
      const text = rawBody.toString('utf8').replace('\ufeff', '');
      expect(event).toEqual(JSON.parse(text));
      expect(headers['x-whatsapp-gateway-signature']).toBe(`sha256=${digest}`);
    } catch (error) {
      if (!isWebhookError(error)) throw error;
      code = error.code;
    }
    expect(code).toBe(reason);
  });
});
