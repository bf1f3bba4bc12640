import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { webhookErrorStatuses } from '../../src/protocol.ts';
import { WebhookError } from '../../src/webhook/errors.ts';
import type { WebhookRequest } from '../../src/webhook/receiver.ts';
import { messageEvent, OTHER_SECRET, SECRET, sign } from '../support/deliveries.ts';
import { observedReceiver } from '../support/received.ts';
import { errorBody, type RunningServer, send, serve } from '../support/server.ts';

const JSON_HEADERS = { 'Content-Type': 'application/json; charset=utf-8' };

describe('the envelope', () => {
  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'post', ''])(
    'refuses method %j',
    async (method) => {
      const answer = await observedReceiver().receive({ ...sign(), method });
      expect(answer).toMatchObject({
        status: 405,
        headers: { ...JSON_HEADERS, Allow: 'POST' },
        body: errorBody('method_not_allowed'),
      });
    },
  );

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'Application/JSON',
    'application/json ; x=y',
    'application/vnd.gateway+json',
    '',
  ])('takes content type %j', async (contentType) => {
    const { headers, rawBody } = sign();
    const answer = await observedReceiver().receive({
      headers: { ...headers, 'content-type': contentType },
      rawBody,
    });
    expect(answer.status).toBe(200);
  });

  it('takes a delivery with no content type, which the contract does not promise', async () => {
    const { headers, rawBody } = sign();
    const answer = await observedReceiver().receive({
      headers: { ...headers, 'content-type': undefined },
      rawBody,
    });
    expect(answer.status).toBe(200);
  });

  it.each([
    'text/plain',
    'text/json',
    'application/jsonp',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=application/json',
    'text/plain, application/json',
    'application/json, text/plain',
  ])('refuses content type %j', async (contentType) => {
    const { headers, rawBody } = sign();
    const answer = await observedReceiver().receive({
      headers: { ...headers, 'content-type': contentType },
      rawBody,
    });
    expect(answer).toMatchObject({ status: 415, body: errorBody('unsupported_content_type') });
  });

  it.each(['gzip', 'br', 'deflate', 'GZIP', 'identity, gzip'])(
    'refuses content encoding %j',
    async (encoding) => {
      const { headers, rawBody } = sign();
      const request = { headers: { ...headers, 'content-encoding': encoding }, rawBody };
      const answer = await observedReceiver().receive(request);
      expect(answer).toMatchObject({ status: 415, body: errorBody('unsupported_content_encoding') });
    },
  );

  it.each(['identity', 'Identity', ''])('takes content encoding %j', async (encoding) => {
    const { headers, rawBody } = sign();
    const request = { headers: { ...headers, 'content-encoding': encoding }, rawBody };
    expect((await observedReceiver().receive(request)).status).toBe(200);
  });
});

describe('a method that is none', () => {
  it('is not shown, so that it forges no line of a log', async () => {
    const answer = await observedReceiver().receive({ ...sign(), method: 'GET\nINFO handled' });
    expect(answer.error?.message).toContain('Deliveries are POST requests, this was something else. Mount');
  });
});

describe('the order of the checks', () => {
  it('is method, headers, encoding, content type, size, signature, timestamp, body', async () => {
    const { headers: good } = sign('{"no":"event"}', { timestamp: 'yesterday' });
    const all = {
      method: 'GET',
      headers: { 'content-encoding': 'gzip', 'content-type': 'text/plain' } as Record<string, string>,
      rawBody: 'x'.repeat(101) as string,
    };
    const { receive } = observedReceiver({ bodyLimitBytes: 100 });
    const code = async () => (await receive(all)).error?.code;
    expect(await code()).toBe('method_not_allowed');
    all.method = 'POST';
    expect(await code()).toBe('missing_header');
    Object.assign(all.headers, { ...good, 'content-type': 'text/plain' });
    expect(await code()).toBe('unsupported_content_encoding');
    delete all.headers['content-encoding'];
    expect(await code()).toBe('unsupported_content_type');
    all.headers['content-type'] = 'application/json';
    expect(await code()).toBe('body_too_large');
    all.rawBody = '{}';
    expect(await code()).toBe('invalid_signature');
    all.rawBody = '{"no":"event"}';
    expect(await code()).toBe('invalid_timestamp');
    Object.assign(all.headers, sign('{"no":"event"}').headers);
    expect(await code()).toBe('invalid_event');
  });

  it('reads no body for a request that its headers rule out', async () => {
    const rawBody = vi.fn(async () => '');
    const { receive } = observedReceiver();
    await receive({ headers: {}, rawBody });
    await receive({ ...sign(), rawBody, method: 'GET' });
    await receive({ headers: { ...sign().headers, 'content-encoding': 'gzip' }, rawBody });
    await receive({ headers: { ...sign().headers, 'content-type': 'text/plain' }, rawBody });
    expect(rawBody).not.toHaveBeenCalled();
  });
});

describe('the body', () => {
  it.each([
    [100, 200],
    [101, 413],
  ])('of %i bytes with a limit of 100 is answered %i', async (length, status) => {
    const json = JSON.stringify({ event: 'x' });
    const body = `${json}${' '.repeat(length - json.length)}`;
    const { receive } = observedReceiver({ bodyLimitBytes: 100 });
    expect((await receive(sign(body))).status).toBe(status);
  });

  it('is counted in bytes, not in characters', async () => {
    const { receive } = observedReceiver({ bodyLimitBytes: 100 });
    expect((await receive({ ...sign(), rawBody: 'م'.repeat(51) })).status).toBe(413);
  });

  it('may be read by a function', async () => {
    const { headers, rawBody } = sign();
    expect((await observedReceiver().receive({ headers, rawBody: async () => rawBody })).status).toBe(200);
  });

  it.each([
    ['rejects', async () => Promise.reject(new Error('reset')), 'request_aborted'],
    [
      'throws',
      () => {
        throw new Error('reset');
      },
      'request_aborted',
    ],
    [
      'rejects with a WebhookError',
      async () => Promise.reject(new WebhookError('raw_body_unavailable', '')),
      'raw_body_unavailable',
    ],
    ['answers a parsed body', async () => messageEvent as never, 'raw_body_unavailable'],
  ] as const)('whose function %s is %s', async (_name, rawBody, code) => {
    const { error, status } = await observedReceiver().receive({ headers: sign().headers, rawBody });
    expect({ code: error?.code, status }).toEqual({ code, status: webhookErrorStatuses[code] });
  });
});

describe('as documented, in a Fetch-style route', () => {
  it('takes a Request and makes a Response', async () => {
    const onMessage = vi.fn();
    const receiver = observedReceiver({ onMessage });
    async function POST(request: Request): Promise<Response> {
      const rawBody = new Uint8Array(await request.arrayBuffer());
      const { status, headers, body } = await receiver.receive({ headers: request.headers, rawBody });
      return new Response(body, { status, headers });
    }
    const { headers, rawBody } = sign();
    const url = 'https://shop.example/webhooks/whatsapp-gateway';
    const good = await POST(new Request(url, { method: 'POST', headers, body: new Uint8Array(rawBody) }));
    expect([good.status, await good.text()]).toEqual([200, 'ok']);
    expect(onMessage).toHaveBeenCalledExactlyOnceWith(messageEvent, expect.anything());
    const bad = await POST(new Request(url, { method: 'POST', headers, body: 'changed' }));
    expect([bad.status, await bad.json()]).toEqual([401, { error: 'invalid_signature' }]);
  });
});

describe('in plain http', () => {
  function start(): Promise<RunningServer> {
    const { receive } = observedReceiver({ onMessage: () => undefined });
    return serve(async ({ method, headers }, response) => {
      const answer = await receive({ method, headers, rawBody: sign().rawBody });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  }

  it.each([
    ['ok', sign().headers],
    [errorBody('invalid_signature'), sign(messageEvent, { secret: OTHER_SECRET }).headers],
  ])('says %s with its length, in one piece', async (text, headers) => {
    const answer = await send(await start(), { headers, rawBody: '' });
    expect(answer.text).toBe(text);
    expect(answer.headers['content-length']).toBe(String(text.length));
    expect(answer.headers).not.toHaveProperty('transfer-encoding');
  });
});

describe('receive', () => {
  const documented = new Set<string>(['ok', ...Object.keys(webhookErrorStatuses).map(errorBody)]);

  it('rejects for nothing and answers only documented codes, whatever it is given', async () => {
    const headerNames = fc.constantFrom(
      ...[
        'x-whatsapp-gateway-signature',
        'X-WhatsApp-Gateway-Timestamp',
        'content-type',
        'content-encoding',
        'get',
      ],
    );
    const anyHeaders = fc.dictionary(
      fc.oneof(headerNames, fc.string()),
      fc.oneof(fc.string(), fc.anything()),
    );
    const request = fc.record(
      {
        method: fc.oneof(fc.constant('POST'), fc.anything()),
        headers: fc.oneof(anyHeaders, fc.constant(sign().headers), fc.anything()),
        rawBody: fc.oneof(fc.uint8Array(), fc.string(), fc.func(fc.anything()), fc.anything()),
      },
      { requiredKeys: [] },
    );
    const { outcomes, receive } = observedReceiver({ onEvent: () => undefined });
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(request, fc.anything()), async (input) => {
        const { status, body, error } = await receive(input as WebhookRequest);
        count += 1;
        expect(documented).toContain(body);
        expect(status).toBe(error === undefined ? 200 : webhookErrorStatuses[error.code]);
        expect(outcomes).toHaveLength(count);
      }),
      { numRuns: 1_000 },
    );
  });

  it('answers 200 to any event that is signed, and gives the handler every field', async () => {
    const { receive } = observedReceiver({ deliveries: false, onEvent: (event) => seen.push(event) });
    const seen: unknown[] = [];
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 1 }),
        fc.dictionary(fc.string(), fc.jsonValue()),
        async (name, fields) => {
          const json = JSON.stringify({
            ...fields,
            from: '1',
            message_text: '',
            instance_id: null,
            instance_name: null,
            message_type: null,
            event: name,
          });
          expect((await receive(sign(json))).status).toBe(200);
          expect(seen.pop()).toStrictEqual(JSON.parse(json));
        },
      ),
    );
  });

  it('says what failed when the clock throws', async () => {
    const cause = new Error('no clock');
    const now = () => {
      throw cause;
    };
    const { error, status } = await observedReceiver({ now }).receive(sign());
    expect({ status, code: error?.code, cause: error?.cause }).toEqual({
      status: 500,
      code: 'handler_failed',
      cause,
    });
  });

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['x', '"x"'],
  ])('says what failed for headers %s', async (headers, shown) => {
    const { error, status } = await observedReceiver().receive({ headers: headers as never, rawBody: '' });
    expect(status).toBe(500);
    expect(error?.message).toBe(
      "The check of the delivery failed: log error.cause, which Express's own error handler does not print. " +
        'The delivery counts as not handled and may be sent again.',
    );
    expect(error?.cause).toEqual(
      new TypeError(
        `receive: option headers is ${shown}. Give the request's headers: Node's header object or a Fetch Headers.`,
      ),
    );
  });

  it('can be taken off the receiver', async () => {
    const { receive } = observedReceiver({ secret: [SECRET, OTHER_SECRET] });
    expect((await receive(sign(messageEvent, { secret: OTHER_SECRET }))).status).toBe(200);
  });
});
