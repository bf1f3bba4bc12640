import { createHmac, timingSafeEqual } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { describe, expect, it, vi } from 'vitest';
import { whatsappGatewayWebhook } from '../../src/webhook/middleware.ts';
import type { WebhookOptions } from '../../src/webhook/options.ts';
import { verifyWebhook } from '../../src/webhook/verify.ts';
import { deferred } from '../support/deferred.ts';
import { messageEvent, NOW, now, OTHER_SECRET, SECRET, sign, signUnique } from '../support/deliveries.ts';
import { appWith, expressVersions } from '../support/hosts.ts';
import { chunk, connectRaw, head, LAST_CHUNK } from '../support/raw-socket.ts';
import { errorBody, send, serve } from '../support/server.ts';

vi.mock('node:crypto', async (importOriginal) => {
  const crypto = await importOriginal<typeof import('node:crypto')>();
  return { ...crypto, timingSafeEqual: vi.fn(crypto.timingSafeEqual) };
});

const DAY_MS = 86_400_000;
const PEERS_HANG_MS = 9_000;
const MIB = 1_048_576;
const NAMED = { 'x-error-code': 'raw_body_unavailable' };

function webhookWith(options: Partial<WebhookOptions> = {}) {
  return whatsappGatewayWebhook({ secret: SECRET, now, onMessage: () => undefined, ...options });
}

// Each name below is a line of "What peers get wrong" in the design; each test would fail on the peer it is about.
describe.each(expressVersions)('in $name', (version) => {
  const { express } = version;

  const start = (options: Partial<WebhookOptions> = {}, ...before: RequestHandler[]) =>
    serve(appWith(version, webhookWith(options), ...before));

  describe('express.json() mounted first: a misleading 401, a hang of nine seconds, or a silent 202', () => {
    it('is a named 500 within milliseconds, and nothing runs', async () => {
      const onMessage = vi.fn();
      const app = appWith(version, webhookWith({ onMessage }), express.json());
      app.use(((error, _request, response, _next) => {
        response.set({ 'X-Error-Code': error.code }).sendStatus(error.status);
      }) satisfies ErrorRequestHandler);
      const server = await serve(app);
      await send(server, signUnique());
      const startedAt = performance.now();
      expect(await send(server, signUnique())).toMatchObject({ status: 500, headers: NAMED });
      expect(performance.now() - startedAt).toBeLessThan(PEERS_HANG_MS / 2);
      expect(onMessage).not.toHaveBeenCalled();
    });
  });

  describe('a Buffer body is refused; gzip shows as a bad signature; a byte order mark or an emoji breaks the signature because text was signed', () => {
    it('a Buffer body is taken', async () => {
      expect((await send(await start({}, express.raw({ type: '*/*' })), sign())).status).toBe(200);
    });

    it('gzip is named', async () => {
      const { headers, rawBody } = sign();
      const zipped = { headers: { ...headers, 'content-encoding': 'gzip' }, rawBody: gzipSync(rawBody) };
      expect(await send(await start(), zipped)).toMatchObject({
        status: 415,
        text: errorBody('unsupported_content_encoding'),
      });
    });

    it.each([
      ['a byte order mark', `\ufeff${JSON.stringify(messageEvent)}`],
      ['an emoji', JSON.stringify({ ...messageEvent, message_text: '👩🏽‍💻' })],
      [
        'escapes that JSON.stringify would not write',
        String.raw`{"event":"x","url":"https:\/\/a","t":"\u0645"}`,
      ],
    ])('%s breaks no signature', async (_name, body) => {
      expect((await send(await start(), sign(body))).status).toBe(200);
    });

    it('two bodies that decode to the same text are told apart', async () => {
      const signed = Buffer.from([0x22, 0xff, 0x22]);
      const { headers } = sign(signed);
      const forged = Buffer.from([0x22, 0xfe, 0x22]);
      expect(forged.toString('utf8')).toBe(signed.toString('utf8'));
      expect((await send(await start(), { headers, rawBody: forged })).text).toBe(
        errorBody('invalid_signature'),
      );
    });
  });

  describe('no body limit; or a limit whose 413 never reaches the sender because the socket was destroyed', () => {
    it('a sender that writes 4 MiB in chunks before it reads gets the 413', async () => {
      const client = await connectRaw(await start({ bodyLimitBytes: 1_000 }));
      const { headers } = sign();
      await client.writeAll([
        head({ ...headers, 'transfer-encoding': 'chunked', connection: 'close' }),
        ...Array.from({ length: 4 }, () => chunk(Buffer.alloc(MIB, ' '))),
        LAST_CHUNK,
      ]);
      await client.receives(errorBody('body_too_large'));
    });
  });

  describe('a handler that throws { status: 200 } makes the answer 200. A rejected async handler hangs on Express 4', () => {
    it.each<[string, () => unknown]>([
      [
        'throws',
        () => {
          throw { status: 200, statusCode: 200 };
        },
      ],
      ['rejects', async () => Promise.reject({ status: 200, statusCode: 200 })],
      ['rejects with nothing', async () => Promise.reject()],
    ])('a handler that %s makes it 500, at once', async (_name, onMessage) => {
      const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
      expect((await send(await start({ onMessage }), sign())).status).toBe(500);
      logged.mockRestore();
    });
  });

  describe('two copies of one delivery at the same moment both run, or the second is told 200 while the first may still fail', () => {
    it('the second is told 503, and runs after the first has failed', async () => {
      const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
      const [started, work] = [deferred(), deferred()];
      const onMessage = vi.fn().mockImplementationOnce(() => {
        started.resolve();
        return work.promise;
      });
      const server = await start({ onMessage });
      const first = send(server, sign());
      await started.promise;
      expect((await send(server, sign())).status).toBe(503);
      expect(onMessage).toHaveBeenCalledOnce();
      work.reject(new Error('the table is locked'));
      expect((await first).status).toBe(500);
      expect((await send(server, sign())).status).toBe(200);
      expect(onMessage).toHaveBeenCalledTimes(2);
      logged.mockRestore();
    });
  });

  describe('events named constructor or __proto__ call into Object', () => {
    it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
      '%s goes to onEvent like any other',
      async (event) => {
        const [onMessage, onEvent] = [vi.fn(), vi.fn()];
        const server = await start({ onMessage, onEvent });
        expect((await send(server, sign(`{"event":"${event}","__proto__":{"polluted":1}}`))).status).toBe(
          200,
        );
        expect(onEvent.mock.calls[0]?.[0].event).toBe(event);
        expect(onMessage).not.toHaveBeenCalled();
        expect('polluted' in {}).toBe(false);
      },
    );
  });
});

describe('a timestamp one day ahead is accepted; "1700000000abc" is accepted', () => {
  const verify = (timestamp: number | string, clock = now) =>
    verifyWebhook({ ...sign(messageEvent, { timestamp }), secret: SECRET, now: clock });

  it.each([DAY_MS, -DAY_MS])('one that is %i ms off is refused', (offset) => {
    expect(() => verify(NOW + offset)).toThrow(expect.objectContaining({ code: 'timestamp_out_of_range' }));
  });

  it('digits and letters are refused, though the digits are right', () => {
    expect(verify('1700000000', () => 1_700_000_000_000).secretIndex).toBe(0);
    expect(() => verify('1700000000abc', () => 1_700_000_000_000)).toThrow(
      expect.objectContaining({ code: 'invalid_timestamp' }),
    );
  });
});

describe('a signature with trailing junk is accepted; === instead of a constant-time comparison', () => {
  const { headers, rawBody } = sign();
  const verify = (signature: string) => {
    const changed = { ...headers, 'x-whatsapp-gateway-signature': signature };
    return verifyWebhook({ headers: changed, rawBody, secret: SECRET, now });
  };
  const good = headers['x-whatsapp-gateway-signature'] ?? '';

  it.each(['zz', '00', ' ', '\n', ',', '\0'])('one with %j behind it is refused', (junk) => {
    expect(() => verify(good + junk)).toThrow(expect.objectContaining({ code: 'invalid_signature' }));
  });

  it('is compared whole by timingSafeEqual, good or bad', () => {
    const wrong = `sha256=${createHmac('sha256', 'wrong').digest('hex')}`;
    for (const [signature, result] of [
      [good, true],
      [wrong, false],
    ] as const) {
      vi.mocked(timingSafeEqual).mockClear();
      if (result) verify(signature);
      else expect(() => verify(signature)).toThrow();
      expect(timingSafeEqual).toHaveBeenCalledOnce();
      expect(timingSafeEqual).toHaveReturnedWith(result);
      for (const side of vi.mocked(timingSafeEqual).mock.calls[0] ?? [])
        expect(side.byteLength).toBe(good.length);
    }
  });
});

describe('one secret only, and "skip verification" as the answer to rotation', () => {
  it('both secrets are good while they rotate, and the outcome says which', async () => {
    const onOutcome = vi.fn();
    const webhook = webhookWith({ secret: [SECRET, OTHER_SECRET], onOutcome });
    const server = await serve((request, response) => webhook(request, response));
    for (const secret of [SECRET, OTHER_SECRET]) {
      expect((await send(server, sign(messageEvent, { secret }))).status).toBe(200);
    }
    expect(onOutcome.mock.calls.map(([{ secretIndex }]) => secretIndex)).toEqual([0, 1]);
    expect((await send(server, sign(messageEvent, { secret: 'whsec_third' }))).status).toBe(401);
  });

  it.each([undefined, '', [], [undefined]])(
    'nothing is let in without a secret (%j): it is not built',
    (secret) => {
      expect(() => webhookWith({ secret })).toThrow(TypeError);
    },
  );
});
