import type { ErrorRequestHandler } from 'express';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { isWebhookError, type WebhookError } from '../../src/webhook/errors.ts';
import { whatsappGatewayWebhook } from '../../src/webhook/middleware.ts';
import type { WebhookOptions } from '../../src/webhook/options.ts';
import { deferred } from '../support/deferred.ts';
import { now, SECRET, sign } from '../support/deliveries.ts';
import { appWith, expressVersions } from '../support/hosts.ts';
import { connectRaw, head } from '../support/raw-socket.ts';
import { errorBody, send, serve } from '../support/server.ts';
import { recordingStore } from '../support/stores.ts';

const HTML = /^text\/html/u;

/** What a handler may throw to influence the answer, or may not know that it reveals. */
const revealing = Object.assign(new Error('hunter2'), {
  status: 200,
  statusCode: 418,
  expose: true,
  headers: { 'X-Leak': 'hunter2', Location: 'https://hunter2.example' },
});
const status200 = { status: 200 };
const throwing = () => {
  throw revealing;
};

const faults: readonly [code: string, status: number, options: Partial<WebhookOptions>, cause: unknown][] = [
  ['handler_failed', 500, { onMessage: throwing }, revealing],
  ['handler_failed', 500, { onMessage: () => Promise.reject(revealing) }, revealing],
  ['handler_failed', 500, { onMessage: () => Promise.reject(status200) }, status200],
  ['handler_failed', 500, { onMessage: () => Promise.reject(undefined) }, undefined],
  ['handler_failed', 500, { deliveryKey: throwing }, revealing],
  [
    'handler_timeout',
    503,
    { onMessage: () => new Promise(() => undefined), handlerTimeoutMs: 10 },
    undefined,
  ],
  ['store_unavailable', 503, { deliveries: recordingStore({ claim: throwing }) }, revealing],
  ['delivery_in_flight', 503, { deliveries: recordingStore({ claim: async () => 'in_flight' }) }, undefined],
];

function webhookWith(options: Partial<WebhookOptions>) {
  return whatsappGatewayWebhook({ secret: SECRET, now, onMessage: () => undefined, ...options });
}

// Express logs what its own error handler answers, and only after it has answered.
vi.spyOn(console, 'error').mockImplementation(() => undefined);

describe.each(expressVersions)('our own fault in $name', (version) => {
  describe.each(['development', 'production', undefined])(
    "with Express's own error handler, NODE_ENV %s",
    (env) => {
      it.each(faults)(
        '%s is answered %i, and nothing that the handler threw is shown',
        async (_code, status, options) => {
          vi.stubEnv('NODE_ENV', env);
          onTestFinished(() => {
            vi.unstubAllEnvs();
          });
          const answer = await send(await serve(appWith(version, webhookWith(options))), sign());
          expect(answer.status).toBe(status);
          expect(answer.headers['content-type']).toMatch(HTML);
          expect(answer.headers['retry-after']).toBe(status === 503 ? '5' : undefined);
          expect(answer.headers).not.toHaveProperty('x-leak');
          expect(answer.headers).not.toHaveProperty('location');
          expect(answer.text).not.toContain('hunter2');
          expect(answer.text).not.toContain('error-handling.test');
        },
      );
    },
  );

  it.each(faults)(
    "%s reaches the app's own error handler with status %i, code and cause",
    async (code, status, options, cause) => {
      const errors: WebhookError[] = [];
      const app = appWith(version, webhookWith(options));
      app.use(((error, _request, response, _next) => {
        errors.push(error);
        response.status(error.status).json({ mine: true });
      }) satisfies ErrorRequestHandler);
      const answer = await send(await serve(app), sign());
      expect(answer).toMatchObject({ status, text: '{"mine":true}' });
      expect(answer.headers['retry-after']).toBe(status === 503 ? '5' : undefined);
      expect(errors).toHaveLength(1);
      expect(errors[0]).toSatisfy(isWebhookError);
      expect(errors[0]).toMatchObject({ code, status });
      if (code !== 'handler_timeout') expect(errors[0]?.cause).toBe(cause);
    },
  );

  it.each([
    ['missing_header', { headers: {} }],
    ['invalid_signature', { ...sign(), rawBody: '{}' }],
    ['invalid_event', sign('{}')],
    ['body_too_large', sign('x'.repeat(10_001))],
    ['unsupported_content_type', { ...sign(), headers: { ...sign().headers, 'content-type': 'text/html' } }],
  ])("the sender's fault %s never reaches it", async (code, request) => {
    const errorHandler = vi.fn<ErrorRequestHandler>((_error, _request, response, _next) => {
      response.sendStatus(599);
    });
    const app = appWith(version, webhookWith({ bodyLimitBytes: 10_000 }));
    // Express counts the parameters.
    app.use(((error, request, response, next) =>
      errorHandler(error, request, response, next)) satisfies ErrorRequestHandler);
    expect((await send(await serve(app), request)).text).toBe(errorBody(code));
    expect(errorHandler).not.toHaveBeenCalled();
  });

  it('it reaches the error handler even when the sender has gone, so that it is reported', async () => {
    const [started, work, reported] = [deferred(), deferred(), deferred<unknown>()];
    const webhook = webhookWith({
      onMessage: () => {
        started.resolve();
        return work.promise;
      },
    });
    const app = appWith(version, webhook, (_request, response, next) => {
      response.once('close', () => work.reject(revealing));
      next();
    });
    app.use(((error, _request, response, next) => {
      reported.resolve(error);
      if (response.headersSent) next(error);
      else response.status(500).json({});
    }) satisfies ErrorRequestHandler);
    const server = await serve(app);
    const { headers, rawBody } = sign();
    const { socket } = await connectRaw(server);
    socket.write(head({ ...headers, 'content-length': rawBody.length }));
    socket.write(rawBody);
    await started.promise;
    socket.destroy();
    expect(await reported.promise).toMatchObject({ code: 'handler_failed', cause: revealing });
  });
});
