import { createHmac, timingSafeEqual } from 'node:crypto';
import express, { type Express } from 'express';
import { describe, expect, it } from 'vitest';
import { runCheck } from '../../../src/emulator/check/index.ts';
import { CHECK_FAILING_PHONE } from '../../../src/emulator/check/limits.ts';
import { encodeBody } from '../../../src/emulator/encode-body.ts';
import { whatsappGatewayWebhook } from '../../../src/webhook/middleware.ts';
import { serve } from '../../support/server.ts';
import { check, createWork, idsOf, resultOf, SECRET } from './checking.ts';
import { headersOf, isFresh, sign } from './receivers/parts.ts';
import { right } from './receivers/right.ts';

const GOOD = ['good-js', 'good-php', 'good-pretty'];

/** A receiver whose check of the signature is the only thing about it. */
function receiverThat(fits: (timestamp: string, body: Buffer, signature: string) => boolean): Express {
  const app = express();
  app.post('/webhook', express.raw({ type: '*/*', limit: '1mb' }), (req, res) => {
    const { timestamp, signature } = headersOf(req);
    res.sendStatus(fits(timestamp, req.body, signature) ? 200 : 401);
  });
  return app;
}

/** What `json.dumps` of Python makes of an object of texts. */
function pythonDumps(event: object): string {
  const fields = Object.entries(event).map((field) => field.map((text) => JSON.stringify(text)).join(': '));
  return `{${fields.join(', ')}}`.replace('✓', '\\u2713');
}

describe('the diagnosis of check', () => {
  it('says that nothing listens once, and runs nothing more', async () => {
    const { server, port } = await serve(() => undefined);
    server.close();
    const report = await runCheck({ url: `http://127.0.0.1:${port}/webhook`, secret: SECRET });
    expect(idsOf(report, 'fail')).toEqual(['reachable']);
    expect(report.counts.skip).toBe(report.results.length - 1);
    expect(resultOf(report, 'reachable').reason).toContain('ECONNREFUSED');
    expect(resultOf(report, 'duplicate-once').reason).toBe('not run: see reachable');
  });

  it('says that the secret is wrong where good deliveries of each encoding are refused', async () => {
    const { handle } = createWork();
    const report = await check(right({ secret: 'whsec_of_another_app', handle }));
    expect(idsOf(report, 'fail')).toEqual(GOOD);
    expect(resultOf(report, 'good-js').reason).toBe('answered 401 Unauthorized; wanted is a 2xx');
    expect(resultOf(report, 'good-js').advice).toContain('most likely the secret differs');
    expect(resultOf(report, 'wrong-secret').reason).toBe('not run: see good-js');
  });

  it('names the option where the middleware of this package has another secret', async () => {
    const app = express().post('/webhook', whatsappGatewayWebhook({ secret: 'whsec_of_another_app' }));
    const report = await check(app);
    expect(report.framework).toBe('express-whatsapp-gateway');
    expect(idsOf(report, 'fail')).toEqual(GOOD);
    expect(resultOf(report, 'good-php').advice).toContain('whatsappGatewayWebhook({ secret })');
  });

  it('shows the secret nowhere, although the receiver echoes it', async () => {
    const app = express().use((_req, res) => {
      res.status(401).send(`expected ${SECRET} ${'.'.repeat(88)}${SECRET}`);
    });
    const report = await check(app);
    expect(resultOf(report, 'good-js').reason).toContain('expected [secret]');
    expect(JSON.stringify(report)).not.toContain(SECRET.slice(0, 8));
  });

  it.each([
    { name: 'JSON.stringify', rewrite: (event: object) => JSON.stringify(event), passing: ['good-js'] },
    {
      name: "PHP's json_encode",
      rewrite: (event: object) => encodeBody(event, 'php'),
      passing: ['good-php'],
    },
    {
      name: "Python's json.dumps",
      rewrite: pythonDumps,
      passing: [],
    },
  ])('proves that the body is written anew by $name', async ({ name, rewrite, passing }) => {
    const app = receiverThat(
      (timestamp, body, signature) =>
        isFresh(timestamp) && signature === sign(SECRET, timestamp, rewrite(JSON.parse(body.toString()))),
    );
    const report = await check(app);
    expect(idsOf(report, 'pass')).toEqual(expect.arrayContaining(passing));
    expect(idsOf(report, 'fail').slice(0, 3)).toEqual(GOOD.filter((id) => !passing.includes(id)));
    const failed = resultOf(report, 'good-pretty');
    expect(failed.reason).toContain(`what ${name} makes of it`);
    expect(failed.advice).toContain('the secret is right');
  });

  it('proves that the timestamp is left out of what is signed', async () => {
    const app = receiverThat(
      (_timestamp, body, signature) =>
        signature === `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
    );
    const report = await check(app);
    expect(idsOf(report, 'fail')).toEqual(GOOD);
    expect(resultOf(report, 'good-js').advice).toContain('The timestamp is left out');
  });

  it('proves that only numbers are read as a timestamp', async () => {
    const app = receiverThat(
      (timestamp, body, signature) =>
        Math.abs(Date.now() / 1_000 - Number(timestamp)) < 300 && signature === sign(SECRET, timestamp, body),
    );
    const report = await check(app);
    expect(idsOf(report, 'fail')).toEqual(GOOD);
    expect(resultOf(report, 'good-js').advice).toContain('The one published example is ISO 8601');
  });

  it('says how to mount the middleware of this package where a parser is in front', async () => {
    const app = express();
    app.use(express.json());
    app.post('/webhook', whatsappGatewayWebhook({ secret: SECRET }));
    app.use(((error, _req, res, _next) => {
      res.status(error.status).json({ error: error.code });
    }) satisfies express.ErrorRequestHandler);
    const report = await check(app);
    expect(idsOf(report, 'fail')).toEqual(GOOD);
    expect(resultOf(report, 'good-js').advice).toContain(
      "Move app.post('/webhook', …) above app.use(express.json())",
    );
  });

  it('says that a redirect is not followed, and where it leads', async () => {
    const app = express().use((_req, res) => res.redirect(308, '/webhook/'));
    const report = await check(app);
    expect(idsOf(report, 'fail')).toEqual(['no-redirect']);
    expect(resultOf(report, 'no-redirect').reason).toContain('answered 308 to /webhook/');
  });

  it.each([404, 405])('says that no route takes the POST where the answer is %i', async (status) => {
    const report = await check((_, response) => response.writeHead(status).end());
    expect(idsOf(report, 'fail')).toEqual(['good-js']);
    expect(resultOf(report, 'good-js').advice).toContain('Nothing takes a POST at /webhook');
  });

  it('tells a handler that does not end from a body that was read before', async () => {
    const handle = () => new Promise<void>(() => undefined);
    const report = await check(right({ secret: SECRET, handle }), { timeoutMs: 300 });
    expect(idsOf(report, 'fail')).toEqual(['in-time']);
    expect(resultOf(report, 'in-time').advice).toContain('behind the signature check');
  });

  it('says that the connection was closed without an answer', async () => {
    const report = await check((request) => request.socket.destroy());
    expect(idsOf(report, 'fail')).toEqual(['in-time']);
    expect(resultOf(report, 'in-time').reason).toContain('closed the connection without an answer');
  });

  it('sees a signature that is compared only after decoding, and a crash on one that is too short', async () => {
    const app = receiverThat((timestamp, body, signature) => {
      const received = Buffer.from(signature.slice('sha256='.length), 'hex');
      const expected = Buffer.from(sign(SECRET, timestamp, body).slice('sha256='.length), 'hex');
      return isFresh(timestamp) && timingSafeEqual(received, expected);
    });
    const report = await check(app);
    expect(idsOf(report, 'fail')).toEqual([
      'missing-signature',
      'signature-trailing-junk',
      'signature-upper-case',
      'signature-truncated',
    ]);
    expect(resultOf(report, 'signature-truncated').advice).toContain('throws on unequal lengths');
    expect(resultOf(report, 'signature-trailing-junk').advice).toContain('Buffer.from(text, "hex")');
  });

  it('sees text that was put together from pieces of bytes', async () => {
    const report = await check((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        const { timestamp, signature } = headersOf(request);
        const fits = signature === sign(SECRET, timestamp, body) && isFresh(timestamp);
        response.writeHead(fits ? 200 : 401).end();
      });
    });
    expect(idsOf(report, 'fail')).toEqual(expect.arrayContaining(['slow']));
    expect(resultOf(report, 'slow').advice).toContain('a letter may be cut in two');
    expect(resultOf(report, 'arabic-and-emoji').status).toBe('pass');
  });

  it('does not count the time that it sends slowly itself', async () => {
    const report = await check(right({ secret: SECRET, handle: async () => undefined }), { timeoutMs: 900 });
    expect(resultOf(report, 'slow').status).toBe('pass');
  });

  it('warns of a readable 413 and fails an unreadable one', async () => {
    const limited = (destroy: boolean) =>
      check((request, response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        request.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size <= 100_000) chunks.push(chunk);
          else if (destroy) request.socket.destroy();
        });
        request.on('end', () => {
          if (size > 100_000) return response.writeHead(413).end('too large');
          const { timestamp, signature } = headersOf(request);
          const fits = signature === sign(SECRET, timestamp, Buffer.concat(chunks));
          return response.writeHead(fits ? 200 : 401).end();
        });
      });
    const [readable, unreadable] = await Promise.all([limited(false), limited(true)]);
    expect(idsOf(readable, 'warn')).toEqual(['large']);
    expect(idsOf(unreadable, 'fail')).toContain('large');
  });
});

describe('the probe of a failing handler', () => {
  it('is skipped where nobody says that the handler fails', async () => {
    const report = await check(right({ secret: SECRET, handle: async () => undefined }));
    expect(report.ok).toBe(true);
    expect(idsOf(report, 'skip')).toEqual([
      'duplicate-once',
      'concurrent-once',
      'failing-handler',
      'failed-again',
    ]);
    expect(resultOf(report, 'failing-handler').advice).toContain(CHECK_FAILING_PHONE);
  });

  it('fails a receiver that remembers a failed delivery as done', async () => {
    const seen = new Set<string>();
    const { handle } = createWork();
    const app = express();
    app.post('/webhook', express.raw({ type: '*/*', limit: '1mb' }), async (req, res) => {
      const { timestamp, signature } = headersOf(req);
      if (signature !== sign(SECRET, timestamp, req.body) || !isFresh(timestamp)) {
        res.sendStatus(401);
        return;
      }
      if (!seen.has(signature)) {
        seen.add(signature);
        await handle(JSON.parse(req.body));
      }
      res.sendStatus(200);
    });
    const report = await check(app, { failingFrom: CHECK_FAILING_PHONE });
    expect(idsOf(report, 'fail')).toEqual(['failed-again']);
    expect(resultOf(report, 'failed-again').reason).toContain(', then answered 200 OK');
  });

  it('uses the phone it is told', async () => {
    const froms: unknown[] = [];
    const handle = async ({ from }: { from?: string }) => {
      froms.push(from);
    };
    const report = await check(right({ secret: SECRET, handle }), { failingFrom: '00966 50 000 0000' });
    expect(froms).toContain('+966500000000');
    expect(idsOf(report, 'fail')).toEqual(['failing-handler']);
  });
});
