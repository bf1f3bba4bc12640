import type { ErrorRequestHandler, RequestHandler } from 'express';
import { describe, expect, it, vi } from 'vitest';
import { whatsappGatewayWebhook } from '../../src/webhook/middleware.ts';
import type { WebhookOptions } from '../../src/webhook/options.ts';
import { messageEvent, now, SECRET, sign, signUnique } from '../support/deliveries.ts';
import { appWith, type ExpressVersion, expressVersions, PATH } from '../support/hosts.ts';
import { type Answer, errorBody, send, serve } from '../support/server.ts';

// Far from the nine seconds that others hang for, and far from what a busy machine needs.
const TOO_LONG_MS = 2_000;
const LINE_TO_CHANGE =
  "app.post('/webhooks/whatsapp-gateway', whatsappGatewayWebhook({ … })) above app.use(express.json())";
const LINE_TO_KEEP_BYTES =
  'express.json({ verify: (req, _res, bytes) => { Object.assign(req, { rawBody: bytes }); } })';
// Outside ASCII, with a byte order mark, and not as JSON.stringify would write it.
const AWKWARD = `\ufeff{ "event":"message.received", "from":"\\u002b966501234567","message_text":"م\\/👩‍💻" }\r\n`;

type Parsers = (version: ExpressVersion) => RequestHandler[];

function webhookWith(options: Partial<WebhookOptions> = {}) {
  return whatsappGatewayWebhook({ secret: SECRET, now, onMessage: () => undefined, ...options });
}

const keepBytes = (request: object, _response: object, bytes: Buffer) => {
  Object.assign(request, { rawBody: bytes });
};
const pause: RequestHandler = (_request, _response, next) => {
  setTimeout(next, 20);
};
const promised: RequestHandler = async (_request, _response, next) => {
  await new Promise((resolve) => setImmediate(resolve));
  next();
};

/** The snippets with which apps keep the raw body by hand; the common one goes on before it has come. */
function collect(text: boolean, waits: boolean): RequestHandler {
  return (request, _response, next) => {
    const keeping = Object.assign(request, { rawBody: (text ? '' : Buffer.alloc(0)) as string | Buffer });
    if (text) request.setEncoding('utf8');
    request.on('data', (part) => {
      const { rawBody } = keeping;
      keeping.rawBody = typeof rawBody === 'string' ? rawBody + part : Buffer.concat([rawBody, part]);
    });
    if (waits) request.once('end', () => next());
    else next();
  };
}

const works: readonly [string, Parsers][] = [
  ['nothing', () => []],
  ['express.json() that saves rawBody', ({ express }) => [express.json({ verify: keepBytes })]],
  [
    'express.json() that saves rawBody, and express.urlencoded()',
    ({ express }) => [express.json({ verify: keepBytes }), express.urlencoded({ extended: true })],
  ],
  ['express.raw() of JSON', ({ express }) => [express.raw({ type: 'application/json' })]],
  ['express.raw() of everything', ({ express }) => [express.raw({ type: '*/*' })]],
  ['express.raw(), which reads no JSON', ({ express }) => [express.raw()]],
  ['express.text(), which reads no JSON', ({ express }) => [express.text()]],
  ['express.urlencoded(), which reads no JSON', ({ express }) => [express.urlencoded({ extended: false })]],
  ['express.json() of another type', ({ express }) => [express.json({ type: 'application/vnd.api+json' })]],
  ['a middleware that waits', () => [pause]],
  ['a middleware that collects rawBody and waits for it', () => [collect(false, true)]],
  ['a middleware that collects rawBody as text and waits for it', () => [collect(true, true)]],
  ['a middleware that collects rawBody and does not wait for it', () => [collect(false, false)]],
  ['an asynchronous middleware', () => [promised]],
];

const unavailable: readonly [string, Parsers][] = [
  ['express.json()', ({ express }) => [express.json()]],
  ['express.json() and a wait', ({ express }) => [express.json(), pause]],
  ['express.json() of everything', ({ express }) => [express.json({ type: '*/*' })]],
  [
    'express.urlencoded() of everything',
    ({ express }) => [express.urlencoded({ extended: true, type: '*/*' })],
  ],
  [
    'a middleware that throws the body away',
    () => [
      (request, _response, next) => {
        request.resume().once('end', () => next());
      },
    ],
  ],
  [
    'a middleware that is reading the body',
    () => [
      (request, _response, next) => {
        request.once('data', () => next());
      },
    ],
  ],
  ['a middleware that collects rawBody as text and does not wait for it', () => [collect(true, false)]],
  [
    'a middleware that has collected but a part',
    () => [
      (request, _response, next) => {
        request.once('data', (part: Buffer) => {
          request.pause();
          Object.assign(request, { rawBody: part.subarray(0, 10) });
          next();
        });
      },
    ],
  ],
  [
    'a middleware that made the body text',
    () => [
      (request, _response, next) => {
        request.setEncoding('utf8');
        next();
      },
    ],
  ],
];

async function timed(sending: Promise<Answer>): Promise<{ answer: Answer; elapsedMs: number }> {
  const startedAt = performance.now();
  const answer = await sending;
  return { answer, elapsedMs: performance.now() - startedAt };
}

describe.each(expressVersions)('in $name', (version) => {
  it.each(works)('after %s it works, byte for byte', async (_name, parsers) => {
    const onMessage = vi.fn();
    const server = await serve(appWith(version, webhookWith({ onMessage }), ...parsers(version)));
    const { headers, rawBody } = sign(AWKWARD);
    expect(await send(server, { headers, rawBody })).toMatchObject({ status: 200, text: 'ok' });
    expect(onMessage.mock.calls[0]?.[0]).toMatchObject({ from: '+966501234567', message_text: 'م/👩‍💻' });
    expect(Buffer.from(onMessage.mock.calls[0]?.[1].rawBody)).toEqual(rawBody);
    expect(await send(server, { headers, rawBody: '{}' })).toMatchObject({ status: 401 });
    expect(await send(server, sign(''))).toMatchObject({ status: 400, text: errorBody('invalid_json') });
  });

  it('after express.text() of JSON it works for what decoding leaves as it was', async () => {
    const server = await serve(appWith(version, webhookWith(), version.express.text({ type: '*/*' })));
    expect((await send(server, sign())).status).toBe(200);
    expect((await send(server, { ...sign(), rawBody: '{}' })).status).toBe(401);
  });

  it.each(unavailable)(
    'after %s it is raw_body_unavailable at once, with the line to change',
    async (_name, parsers) => {
      const onMessage = vi.fn();
      const reported: unknown[] = [];
      const app = appWith(version, webhookWith({ onMessage }), ...parsers(version));
      app.use(((error, _request, response, _next) => {
        reported.push(error);
        response.status(error.status).json({ code: error.code });
      }) satisfies ErrorRequestHandler);
      const server = await serve(app);
      const times: number[] = [];
      for (let count = 0; count < 7; count += 1) {
        const { answer, elapsedMs } = await timed(send(server, signUnique()));
        expect(answer).toMatchObject({ status: 500, text: '{"code":"raw_body_unavailable"}' });
        times.push(elapsedMs);
      }
      // The quickest: a busy machine only ever adds to what the code itself needs.
      expect(Math.min(...times)).toBeLessThan(TOO_LONG_MS);
      expect(onMessage).not.toHaveBeenCalled();
      expect(reported[0]).toMatchObject({ message: expect.stringContaining(LINE_TO_CHANGE) });
      expect(reported[0]).toMatchObject({ message: expect.stringContaining(LINE_TO_KEEP_BYTES) });
    },
  );

  it('under a prefix, in a Router, it works', async () => {
    const { express } = version;
    const [app, router] = [express(), express.Router()];
    router.post('/gateway', webhookWith());
    app.use('/webhooks', router);
    app.use(express.json());
    const server = await serve(app);
    expect((await send(server, { ...sign(), path: '/webhooks/gateway?source=1' })).status).toBe(200);
    expect((await send(server, { ...sign(), path: '/webhooks/other' })).status).toBe(404);
  });

  it('in a Router that an application has mounted after express.json() it is raw_body_unavailable', async () => {
    const { express } = version;
    const [app, router] = [express(), express.Router()];
    router.post('/gateway', webhookWith());
    app.use(express.json(), router);
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const answer = await send(await serve(app), { ...sign(), path: '/gateway' });
    logged.mockRestore();
    expect(answer.status).toBe(500);
  });

  it('by app.use it works for POST and answers 405 to anything else', async () => {
    const app = version.express();
    app.use(PATH, webhookWith());
    const server = await serve(app);
    expect((await send(server, sign())).status).toBe(200);
    expect((await send(server, { ...sign(), path: `${PATH}/below` })).status).toBe(200);
    expect((await send(server, { method: 'GET' })).status).toBe(405);
  });

  it('by app.all, by app.route and as one of several handlers it works', async () => {
    const app = version.express();
    app.all('/all', promised, webhookWith());
    app.route('/route').post(webhookWith());
    app.post('/list', [promised, pause], webhookWith());
    const server = await serve(app);
    for (const path of ['/all', '/route', '/list']) {
      expect((await send(server, { ...sign(), path })).status).toBe(200);
    }
  });

  it('above express.json() it leaves the other routes their parsed bodies', async () => {
    const { express } = version;
    const app = appWith(version, webhookWith());
    app.use(express.json());
    app.post('/orders', (request, response) => {
      response.json({ got: request.body });
    });
    const server = await serve(app);
    expect((await send(server, sign())).status).toBe(200);
    const order = { headers: { 'content-type': 'application/json' }, rawBody: '{"id":1}', path: '/orders' };
    expect((await send(server, order)).text).toBe('{"got":{"id":1}}');
  });

  it('a body that was kept is held to the limit like any other', async () => {
    const webhook = webhookWith({ bodyLimitBytes: 50 });
    const server = await serve(appWith(version, webhook, version.express.json({ verify: keepBytes })));
    expect(await send(server, sign())).toMatchObject({ status: 413, text: errorBody('body_too_large') });
  });

  it('rawBody goes before body, whatever a parser made of it', async () => {
    const { rawBody, headers } = sign(messageEvent);
    const both: RequestHandler = (request, _response, next) => {
      Object.assign(request, { rawBody, body: Buffer.from('{"changed":true}') });
      next();
    };
    expect(
      (await send(await serve(appWith(version, webhookWith(), both)), { headers, rawBody })).status,
    ).toBe(200);
  });
});
