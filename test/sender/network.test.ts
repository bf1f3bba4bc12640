import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import tls from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { certificate } from './support/certificate.ts';
import { failures } from './support/failures.ts';
import { answer, answerSent, startGateway, trustAnyCertificate } from './support/gateway.ts';
import { failureOf, MESSAGE, makeSender } from './support/sending.ts';

describe('each way to fail', () => {
  test.each(failures)('$name: $outcome, $code', async (failure) => {
    const { gateway, options } = await failure.start();
    const sender = makeSender(options);
    const error = await failureOf(sender.send(MESSAGE));
    expect({
      outcome: error.outcome,
      code: error.code,
      errorName: error.name,
      attempts: error.attempts,
      posts: gateway?.posts.length ?? 0,
    }).toEqual({
      outcome: failure.outcome,
      code: failure.code,
      errorName: failure.errorName,
      attempts: failure.attempts,
      posts: failure.posts,
    });
    expect(error.message).toContain(failure.outcome === 'unknown' ? '[may have been sent: ' : '[not sent: ');
  });
});

describe('what was provably not sent', () => {
  test('works on the next try, with one POST', async () => {
    const gateway = await startGateway(answerSent);
    let calls = 0;
    // Refused twice before its request is written, as a closed port refuses.
    const { Agent } = await import('undici');
    const agent = new Agent();
    const sender = makeSender({
      baseUrl: gateway.url,
      dispatcher: {
        dispatch: (options, handler) => {
          calls += 1;
          if (calls > 2) return agent.dispatch(options, handler);
          handler.onResponseError?.(undefined as never, new Error('refused'));
          return true;
        },
      },
    });
    const result = await sender.send(MESSAGE);
    expect(result.attempts).toBe(3);
    expect(gateway.posts).toHaveLength(1);
    await agent.close();
  });

  test('works once the gateway listens, with one POST', async () => {
    const gateway = await startGateway(answerSent, {
      // The first two connections end in the TLS handshake.
      secure: true,
      onRawConnection: (socket, number) => {
        if (number <= 2) socket.resetAndDestroy();
      },
    });
    trustAnyCertificate();
    const sender = makeSender({ baseUrl: gateway.url });
    const result = await sender.send(MESSAGE);
    expect(result.attempts).toBe(3);
    expect(gateway.posts).toHaveLength(1);
  });

  test('is tried exactly once with unsent: 0', async () => {
    const sender = makeSender({ baseUrl: 'https://gateway.invalid', retry: { unsent: 0 } });
    const error = await failureOf(sender.send(MESSAGE));
    expect(error.attempts).toBe(1);
    expect(error.retryable).toBe(true);
  });
});

describe('connections', () => {
  test('are kept for the next send', async () => {
    const gateway = await startGateway(answerSent);
    const sender = makeSender({ baseUrl: gateway.url });
    for (let count = 1; count <= 3; count += 1) {
      await sender.send(MESSAGE);
      // undici looks at a connection once more before it uses it again.
      await setImmediate();
    }
    expect(gateway.connections()).toBe(1);
  });

  test('that the server closed while idle lose nothing and send nothing twice', async () => {
    const gateway = await startGateway((socket) => {
      answerSent(socket);
      socket.end();
    });
    const sender = makeSender({ baseUrl: gateway.url });
    for (let count = 1; count <= 20; count += 1) {
      await sender.send(MESSAGE);
      expect(gateway.posts).toHaveLength(count);
    }
  });

  test('that break on their second request leave it unknown, and read once', async () => {
    const gateway = await startGateway((socket, { number }) => {
      if (number === 1) answerSent(socket);
      else socket.resetAndDestroy();
    });
    const sender = makeSender({ baseUrl: gateway.url });
    await sender.send(MESSAGE);
    const error = await failureOf(sender.send(MESSAGE));
    expect(error.outcome).toBe('unknown');
    expect(gateway.posts).toHaveLength(2);
  });

  test('are never more than allowed, and the others wait', async () => {
    const gateway = await startGateway((socket) => process.nextTick(answerSent, socket));
    const sender = makeSender({ baseUrl: gateway.url, connections: 2 });
    await Promise.all(Array.from({ length: 20 }, () => sender.send(MESSAGE)));
    expect(gateway.posts).toHaveLength(20);
    expect(gateway.connections()).toBe(2);
  });

  test('are closed after four seconds, whatever the server hints at', async () => {
    const gateway = await startGateway((socket) =>
      answer(socket, 200, { success: true }, { 'keep-alive': 'timeout=600' }),
    );
    const sender = makeSender({ baseUrl: gateway.url });
    await sender.send(MESSAGE);
    await expect.poll(() => gateway.open(), { timeout: 10_000, interval: 200 }).toBe(0);
  });
});

test('HTTP/1.1 is spoken also to a server that would rather speak HTTP/2', async () => {
  trustAnyCertificate();
  const protocols: unknown[] = [];
  const server = tls.createServer({ ...certificate, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
    protocols.push(socket.alpnProtocol);
    socket.on('error', () => undefined).destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  await failureOf(makeSender({ baseUrl: `https://127.0.0.1:${port}`, retry: { unsent: 0 } }).send(MESSAGE));
  expect(protocols).toEqual(['http/1.1']);
});

test('an answer that is complete although the connection broke counts', async () => {
  const gateway = await startGateway((socket) =>
    socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n10\r\n{"success":true}\r\n'),
  );
  const sender = makeSender({ baseUrl: gateway.url });
  await expect(sender.send(MESSAGE)).resolves.toMatchObject({ status: 'sent', messageId: null });
});

test('an early hint (1xx) is not taken for the answer', async () => {
  const gateway = await startGateway((socket) => {
    socket.write('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n');
    answerSent(socket);
  });
  const sender = makeSender({ baseUrl: gateway.url });
  await expect(sender.send(MESSAGE)).resolves.toMatchObject({ messageId: 'msg-1' });
});
