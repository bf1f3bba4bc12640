import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { whatsappGatewayWebhook } from '../../src/webhook/middleware.ts';
import type { WebhookOptions } from '../../src/webhook/options.ts';
import { takeRawBody } from '../../src/webhook/raw-body.ts';
import { now, SECRET, sign } from '../support/deliveries.ts';
import { appWith, expressVersions, PATH } from '../support/hosts.ts';
import { errorBody, type Listener } from '../support/server.ts';

interface LambdaEvent {
  readonly headers: Record<string, string>;
  readonly body: Buffer | string | Uint8Array | undefined;
}

/** A request as serverless-http and @vendia/serverless-express make it: by hand, with `body` and a `_read`. */
function lambdaRequest({ headers, body }: LambdaEvent): IncomingMessage {
  const socket = {
    readable: false,
    encrypted: true,
    remoteAddress: '127.0.0.1',
    address: () => ({ port: 443 }),
  };
  const request = new IncomingMessage(Object.assign(socket, { end() {}, destroy() {} }) as unknown as Socket);
  Object.assign(request, {
    method: 'POST',
    url: PATH,
    httpVersion: '1.1',
    httpVersionMajor: 1,
    httpVersionMinor: 1,
    complete: true,
    headers,
    body,
    _read() {
      request.push(body ?? null);
      if (body !== undefined) request.push(null);
    },
  });
  return request;
}

/** A response as such adapters make it: what would be written to a socket is kept. */
async function invoke(app: Listener, event: LambdaEvent): Promise<{ status: number; text: string }> {
  const request = lambdaRequest(event);
  const response = new ServerResponse(request);
  const written: Buffer[] = [];
  const socket = new Socket();
  socket._write = (chunk, _encoding, callback) => {
    written.push(Buffer.from(chunk));
    callback();
  };
  socket._writev = (chunks, callback) => {
    for (const { chunk, encoding } of chunks) written.push(Buffer.from(chunk, encoding));
    callback();
  };
  response.assignSocket(socket);
  const finished = new Promise((resolve) => response.once('finish', resolve));
  app(request, response);
  await finished;
  const [, text = ''] = Buffer.concat(written).toString('utf8').split('\r\n\r\n');
  return { status: response.statusCode, text };
}

function webhookWith(options: Partial<WebhookOptions> = {}) {
  return whatsappGatewayWebhook({ secret: SECRET, now, onMessage: () => undefined, ...options });
}

function eventOf(body: LambdaEvent['body'], { headers, rawBody } = sign()): LambdaEvent {
  return { headers: { ...headers, 'content-length': String(rawBody.length) }, body };
}

describe.each(expressVersions)('behind a serverless adapter in $name', (version) => {
  const { rawBody } = sign();

  it.each([
    ['a Buffer', rawBody],
    ['a Uint8Array', new Uint8Array(rawBody)],
    ['text', rawBody.toString('utf8')],
  ])('a req.body that is %s works', async (_name, body) => {
    const onMessage = vi.fn();
    const app = appWith(version, webhookWith({ onMessage }));
    expect(await invoke(app, eventOf(body))).toEqual({ status: 200, text: 'ok' });
    expect(onMessage).toHaveBeenCalledOnce();
  });

  it('a req.body that was changed is refused', async () => {
    const app = appWith(version, webhookWith());
    expect(await invoke(app, eventOf(Buffer.from('{}')))).toEqual({
      status: 401,
      text: errorBody('invalid_signature'),
    });
  });

  it('no req.body, with the bytes in the stream, works', async () => {
    const app = appWith(version, webhookWith(), (request, _response, next) => {
      request.body = undefined;
      next();
    });
    expect(await invoke(app, eventOf(rawBody))).toEqual({ status: 200, text: 'ok' });
  });

  it('no body at all is invalid_signature, not a hang', async () => {
    const app = appWith(version, webhookWith());
    expect(await invoke(app, eventOf(undefined))).toEqual({
      status: 401,
      text: errorBody('invalid_signature'),
    });
  });

  it('a body over the limit is refused', async () => {
    const app = appWith(version, webhookWith({ bodyLimitBytes: 50 }));
    expect(await invoke(app, eventOf(rawBody))).toEqual({ status: 413, text: errorBody('body_too_large') });
  });

  it('a request that is not marked complete, and whose stream never ends, is refused at once', async () => {
    const app = appWith(version, webhookWith({ bodyLimitBytes: 50 }), (request, _response, next) => {
      Object.assign(request, { complete: false, _read() {} });
      next();
    });
    expect(await invoke(app, eventOf(rawBody))).toEqual({ status: 413, text: errorBody('body_too_large') });
    expect((await invoke(app, { headers: {}, body: rawBody })).status).toBe(401);
  });

  it('express.json() before it is raw_body_unavailable, unless the platform kept the bytes', async () => {
    const seen: string[] = [];
    const app = appWith(
      version,
      webhookWith({ onOutcome: ({ error }) => seen.push(error?.code ?? 'ok') }),
      version.express.json(),
    );
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { status } = await invoke(app, eventOf(rawBody));
    logged.mockRestore();
    // The parser of Express 5 leaves a request alone that is complete already.
    const untouched = version.name === 'Express 5';
    expect(status).toBe(untouched ? 200 : 500);
    expect(seen).toEqual([untouched ? 'ok' : 'raw_body_unavailable']);

    const firebase = appWith(version, webhookWith(), (request, _response, next) => {
      Object.assign(request, { rawBody, body: JSON.parse(rawBody.toString('utf8')) });
      next();
    });
    expect((await invoke(firebase, eventOf(undefined))).status).toBe(200);
  });
});

describe('a request that is no IncomingMessage, as light-my-request makes it', () => {
  it('is read to its end', async () => {
    const request = Readable.from([Buffer.from('ab'), Buffer.from('c')], { objectMode: false });
    expect(await takeRawBody(request as IncomingMessage, 3)).toEqual(Buffer.from('abc'));
  });

  it('may hold text, which is taken as UTF-8', async () => {
    const request = Readable.from(['\u0645\u0631', Buffer.from('!')]);
    expect(await takeRawBody(request as IncomingMessage, 5)).toEqual(Buffer.from('\u0645\u0631!'));
    const longer = Readable.from(['\u0645\u0631', Buffer.from('!')]);
    await expect(takeRawBody(longer as IncomingMessage, 4)).rejects.toMatchObject({ code: 'body_too_large' });
  });

  it('is raw_body_unavailable when it holds neither bytes nor text', async () => {
    const request = Readable.from([{ event: 'message.received' }]);
    await expect(takeRawBody(request as IncomingMessage, 1_000)).rejects.toMatchObject({
      code: 'raw_body_unavailable',
    });
  });

  it('hands one chunk over as it came', async () => {
    const chunk = Buffer.from('abc');
    const request = Readable.from([chunk], { objectMode: false });
    expect(await takeRawBody(request as IncomingMessage, 3)).toBe(chunk);
  });

  it('is body_too_large by its Content-Length, before a byte of it is read', async () => {
    const request = Object.assign(Readable.from([Buffer.from('abc')]), {
      headers: { 'content-length': '4' },
    });
    await expect(takeRawBody(request as never, 3)).rejects.toMatchObject({ code: 'body_too_large' });
    expect(request.readableDidRead).toBe(false);
    expect(await takeRawBody(request as never, 4)).toEqual(Buffer.from('abc'));
  });

  it('is left alone, paused, once it is over the limit', async () => {
    const request = new Readable({ read: () => undefined });
    const reading = takeRawBody(request as IncomingMessage, 3);
    request.push('abcd');
    await expect(reading).rejects.toMatchObject({ code: 'body_too_large' });
    expect(request.isPaused()).toBe(true);
    const left = ['data', 'end', 'error', 'close'].map((event) => request.listenerCount(event));
    expect(left).toEqual([0, 0, 0, 0]);
  });

  it('is request_aborted when it fails, with what it failed of as cause', async () => {
    const request = new Readable({ read: () => undefined });
    const reading = takeRawBody(request as IncomingMessage, 3);
    const cause = new Error('reset');
    request.destroy(cause);
    await expect(reading).rejects.toMatchObject({ code: 'request_aborted', cause });
  });

  it('is request_aborted when it is closed without a word, before or while it is read', async () => {
    const request = new Readable({ read: () => undefined });
    const reading = takeRawBody(request as IncomingMessage, 3);
    request.push('a');
    request.destroy();
    await expect(reading).rejects.toMatchObject({ code: 'request_aborted' });
    const closed = new Readable({ read: () => undefined }).destroy();
    await expect(takeRawBody(closed as IncomingMessage, 3)).rejects.toMatchObject({
      code: 'request_aborted',
    });
  });
});
