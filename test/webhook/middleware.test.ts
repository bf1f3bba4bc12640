import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { whatsappGatewayWebhook } from '../../src/webhook/middleware.ts';
import type { WebhookOptions } from '../../src/webhook/options.ts';
import { deferred } from '../support/deferred.ts';
import { messageEvent, NOW, now, SECRET, sign } from '../support/deliveries.ts';
import { hosts, PATH } from '../support/hosts.ts';
import { errorBody, type Sending, send, serve } from '../support/server.ts';
import { recordingStore } from '../support/stores.ts';

type Handler = NonNullable<WebhookOptions['onMessage']>;
type ExpressRequest = IncomingMessage & { res?: http.ServerResponse };

function webhookWith(options: Partial<WebhookOptions> = {}) {
  return whatsappGatewayWebhook({ secret: SECRET, now, onMessage: () => undefined, ...options });
}

const { headers, rawBody } = sign();

const refusals: readonly [code: string, status: number, request: Sending][] = [
  ['missing_header', 401, { headers: {}, rawBody }],
  ['missing_header', 401, { headers: { ...headers, 'x-whatsapp-gateway-signature': '' }, rawBody }],
  ['missing_header', 401, { headers: { ...headers, 'x-whatsapp-gateway-timestamp': '' }, rawBody }],
  ['invalid_signature', 401, { headers, rawBody: `${rawBody} ` }],
  ['timestamp_out_of_range', 401, sign(messageEvent, { timestamp: NOW - 301_000 })],
  ['timestamp_out_of_range', 401, sign(messageEvent, { timestamp: NOW + 86_400_000 })],
  ['invalid_timestamp', 400, sign(messageEvent, { timestamp: '1700000000abc' })],
  ['invalid_json', 400, sign('{"event":')],
  ['invalid_json', 400, sign('')],
  ['invalid_event', 400, sign('[]')],
  ['body_too_large', 413, sign('x'.repeat(10_001))],
  ['unsupported_content_encoding', 415, { headers: { ...headers, 'content-encoding': 'gzip' }, rawBody }],
  ['unsupported_content_type', 415, { headers: { ...headers, 'content-type': 'text/plain' }, rawBody }],
];

describe.each(hosts)('in $name', ({ mount }) => {
  const start = (options: Partial<WebhookOptions> = {}) => serve(mount(webhookWith(options)));

  it.each<[string, Partial<WebhookOptions>]>([
    ['handled', {}],
    ['without a handler', { onMessage: undefined }],
    ['a finished duplicate', { deliveries: recordingStore({ claim: async () => 'done' }) }],
  ])('what is %s is answered 200 ok', async (_name, options) => {
    const answer = await send(await start(options), sign());
    expect(answer).toMatchObject({ status: 200, text: 'ok' });
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '2',
    });
  });

  it.each(refusals)(
    "the sender's fault %s is answered %i with the code and nothing else",
    async (code, status, request) => {
      const answer = await send(await start({ bodyLimitBytes: 10_000 }), request);
      expect(answer).toMatchObject({ status, text: errorBody(code) });
      expect(answer.headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'content-length': String(errorBody(code).length),
      });
      expect(answer.headers).not.toHaveProperty('retry-after');
    },
  );

  it('a request that came on a connection that is kept can be followed by another', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const connections = vi.fn();
    const server = await start({ bodyLimitBytes: 10_000 });
    server.server.on('connection', connections);
    for (const [code, status, request] of refusals) {
      expect(await send(server, { ...request, agent })).toMatchObject({ status, text: errorBody(code) });
    }
    expect((await send(server, { ...sign(), agent })).status).toBe(200);
    expect(connections).toHaveBeenCalledOnce();
  });

  it('a handler that answers itself is left alone, whether it then is done, fails or is too slow', async () => {
    const ends: readonly [string, Handler][] = [
      ['handled', () => undefined],
      ['failed', () => Promise.reject(new Error('after the answer'))],
      ['timed_out', () => new Promise(() => undefined)],
    ];
    const answered = (request: IncomingMessage | undefined) => {
      const response = (request as ExpressRequest).res ?? responses.pop();
      response?.writeHead(202, { 'Content-Type': 'text/plain' }).end('mine');
    };
    const responses: http.ServerResponse[] = [];
    for (const [type, end] of ends) {
      const outcome = deferred<string>();
      const webhook = webhookWith({
        handlerTimeoutMs: 20,
        onOutcome: (seen) => outcome.resolve(seen.type),
        onMessage: (event, context) => {
          answered(context.request);
          return end(event, context);
        },
      });
      const listener = mount(webhook);
      const server = await serve((request, response) => {
        responses.push(response);
        listener(request, response);
      });
      expect(await send(server, sign())).toMatchObject({ status: 202, text: 'mine' });
      expect(await outcome.promise).toBe(type);
      expect((await send(server, sign({ event: 'other' }))).status).toBe(200);
    }
  });

  it('an answer that a handler began is cut when it then fails or is too slow', async () => {
    const ends: readonly Handler[] = [
      () => Promise.reject(new Error('in the middle')),
      () => new Promise(() => undefined),
    ];
    for (const end of ends) {
      const responses: http.ServerResponse[] = [];
      const listener = mount(
        webhookWith({
          handlerTimeoutMs: 20,
          onMessage: (event, context) => {
            responses[0]?.writeHead(200, { 'Content-Length': '10' }).write('begun');
            return end(event, context);
          },
        }),
      );
      const server = await serve((request, response) => {
        responses.push(response);
        listener(request, response);
      });
      await expect(send(server, sign())).rejects.toMatchObject({ code: 'ECONNRESET' });
      expect((await send(server, sign({ event: 'other' }))).status).toBe(200);
    }
  });

  it('no length contradicts a transfer coding that somebody set before', async () => {
    const listener = mount(webhookWith());
    const server = await serve((request, response) => {
      response.setHeader('Transfer-Encoding', 'chunked');
      listener(request, response);
    });
    const answer = await send(server, sign());
    expect(answer).toMatchObject({ text: 'ok', headers: { 'content-length': '2' } });
    expect(answer.headers).not.toHaveProperty('transfer-encoding');
  });

  it('context.request is the request that the app sees', async () => {
    const requests: unknown[] = [];
    const listener = mount(webhookWith({ onMessage: (_event, { request }) => requests.push(request) }));
    const server = await serve((request, response) => {
      requests.push(request);
      listener(request, response);
    });
    await send(server, sign());
    expect(requests).toHaveLength(2);
    expect(requests[1]).toBe(requests[0]);
  });

  it("the handler runs in the request's asynchronous context", async () => {
    const storage = new AsyncLocalStorage<string>();
    const onMessage = vi.fn(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return storage.getStore();
    });
    const listener = mount(webhookWith({ onMessage }));
    const server = await serve((request, response) => storage.run('request 1', listener, request, response));
    await send(server, sign());
    await expect(onMessage.mock.results[0]?.value).resolves.toBe('request 1');
  });

  it('two copies at the same moment are one run and one 503', async () => {
    const [started, work] = [deferred(), deferred()];
    const onMessage = vi.fn(() => {
      started.resolve();
      return work.promise;
    });
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    onTestFinished(() => logged.mockRestore());
    const server = await start({ onMessage });
    const first = send(server, sign());
    await started.promise;
    const second = await send(server, sign());
    expect(second.status).toBe(503);
    expect(second.headers['retry-after']).toBe('5');
    work.resolve();
    expect((await first).status).toBe(200);
    expect((await send(server, sign())).status).toBe(200);
    expect(onMessage).toHaveBeenCalledOnce();
  });
});

it('the middleware has a name for stack traces, and the three parameters that Express counts', () => {
  expect(webhookWith().name).toBe('whatsappGatewayWebhookMiddleware');
  expect(webhookWith()).toHaveLength(3);
});

describe('mounted for every method', () => {
  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('%s is answered 405 with Allow', async (method) => {
    const next = vi.fn();
    const server = await serve((request, response) => webhookWith()(request, response, next));
    const answer = await send(server, { method, path: PATH });
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('POST');
    expect(answer.text).toBe(method === 'HEAD' ? '' : errorBody('method_not_allowed'));
    expect(next).not.toHaveBeenCalled();
  });
});

describe('without next', () => {
  const failing = async () => Promise.reject(Object.assign(new Error('hunter2'), { status: 200 }));

  it.each<[string, number, Partial<WebhookOptions>]>([
    ['handler_failed', 500, { onMessage: failing }],
    ['handler_timeout', 503, { onMessage: () => new Promise(() => undefined), handlerTimeoutMs: 10 }],
    ['store_unavailable', 503, { deliveries: recordingStore({ claim: failing }) }],
    ['delivery_in_flight', 503, { deliveries: recordingStore({ claim: async () => 'in_flight' }) }],
  ])('our own fault %s is answered %i here', async (code, status, options) => {
    const webhook = webhookWith(options);
    const answer = await send(await serve((request, response) => webhook(request, response)), sign());
    expect(answer).toMatchObject({ status, text: errorBody(code) });
    expect(answer.headers['retry-after']).toBe(status === 503 ? '5' : undefined);
  });
});

describe('a HEAD request, which is answered without a body', () => {
  it('is answered 405 where Node throws for one, and while its own body is still coming', async () => {
    const webhook = webhookWith();
    const { port } = await serve((request, response) => webhook(request, response), {
      rejectNonStandardBodyWrites: true,
    });
    for (const length of ['0', '10']) {
      const request = http.request({ port, host: '127.0.0.1', method: 'HEAD' });
      request.setHeader('Content-Length', length);
      request.flushHeaders();
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      expect(response.statusCode).toBe(405);
      request.destroy();
    }
  });
});

describe('over HTTP/2', () => {
  it.each([
    ['GET', '', 405, 'method_not_allowed'],
    ['POST', '{}', 401, 'missing_header'],
    ['POST', 'x'.repeat(10_001), 401, 'missing_header'],
  ])('%s of %j is answered %i, and the stream ends', async (method, sent, status, code) => {
    const webhook = webhookWith({ bodyLimitBytes: 10_000 });
    const server = http2.createServer((request, response) => webhook(request as never, response as never));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    onTestFinished(() => {
      client.destroy();
      server.close();
    });
    const stream = client.request({ ':path': PATH, ':method': method });
    if (sent !== '') stream.end(sent);
    const [answered] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
    expect(answered[':status']).toBe(status);
    expect(await text(stream)).toBe(errorBody(code));
  });
});
