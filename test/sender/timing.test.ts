import { getEventListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { latenessMs } from '../support/lateness.ts';
import { answerSent, closedPort, startGateway } from './support/gateway.ts';
import { failureOf, MESSAGE, makeSender } from './support/sending.ts';

const ROUNDS = 5;
const ALLOWED_LATENESS_MS = 50;

// The first send would load it within its own 300 ms, which a busy machine has no room for.
beforeAll(async () => {
  await import('undici');
});

/** Runs it several times: never early, and less than 50 ms after a plain timer in the middle of the range. */
async function expectExact(dueMs: number, run: () => Promise<unknown>): Promise<void> {
  const lateness: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) lateness.push(await latenessMs(dueMs, run));
  lateness.sort((a, b) => a - b);
  expect(lateness[0]).toBeGreaterThanOrEqual(0);
  expect(lateness[Math.floor(ROUNDS / 2)]).toBeLessThan(ALLOWED_LATENESS_MS);
}

describe('timeoutMs holds exactly', () => {
  test('when no answer comes', async () => {
    const gateway = await startGateway(() => undefined);
    const sender = makeSender({ baseUrl: gateway.url });
    await expectExact(300, async () => {
      const error = await failureOf(sender.send(MESSAGE, { timeoutMs: 300 }));
      expect(error).toMatchObject({ code: 'timeout', outcome: 'unknown', retryable: false });
    });
    expect(gateway.posts).toHaveLength(ROUNDS);
  });

  test('when no connection is made', async () => {
    const gateway = await startGateway(answerSent);
    const sender = makeSender({ baseUrl: `https://127.0.0.1:${gateway.port}` });
    await expectExact(300, async () => {
      const error = await failureOf(sender.send(MESSAGE, { timeoutMs: 300 }));
      expect(error).toMatchObject({ code: 'timeout', outcome: 'not_sent', retryable: true });
    });
  });

  test('when every connection is busy, and the request that waited never leaves', async () => {
    const gateway = await startGateway((socket, { number }) => {
      // The first one is answered only after the second one has given up.
      if (number === 1) answer = () => answerSent(socket);
      else answerSent(socket);
    });
    let answer: () => void = () => undefined;
    const sender = makeSender({ baseUrl: gateway.url, connections: 1 });
    const first = sender.send(MESSAGE);
    await gateway.reads(1);
    await expectExact(300, async () => {
      const error = await failureOf(sender.send(MESSAGE, { timeoutMs: 300 }));
      expect(error).toMatchObject({ code: 'timeout', outcome: 'not_sent', attempts: 1 });
    });
    answer();
    await first;
    await sender.send(MESSAGE);
    expect(gateway.posts).toHaveLength(2);
  });

  test('when isSuppressed does not answer', async () => {
    const sender = makeSender({ isSuppressed: () => new Promise<boolean>(() => undefined) });
    await expectExact(300, async () => {
      const error = await failureOf(sender.send(MESSAGE, { timeoutMs: 300 }));
      expect(error).toMatchObject({ code: 'timeout', outcome: 'not_sent', attempts: 0 });
    });
  });

  test('amid the wait for the next try, and names what went wrong before', async () => {
    const sender = makeSender({
      baseUrl: `http://127.0.0.1:${await closedPort()}`,
      // The wait is any part of it, by chance: of a minute it would be too short now and then.
      retry: { unsent: 100, minDelayMs: 2_000_000_000, maxDelayMs: 2_000_000_000 },
    });
    await expectExact(300, async () => {
      const error = await failureOf(sender.send(MESSAGE, { timeoutMs: 300 }));
      expect(error).toMatchObject({ code: 'timeout', outcome: 'not_sent', attempts: 1 });
      expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' });
    });
  });
});

describe('connectTimeoutMs holds exactly', () => {
  test('for a TLS handshake that never ends', async () => {
    const gateway = await startGateway(answerSent);
    const sender = makeSender({
      baseUrl: `https://127.0.0.1:${gateway.port}`,
      connectTimeoutMs: 400,
      retry: { unsent: 0 },
    });
    await expectExact(400, async () => {
      const error = await failureOf(sender.send(MESSAGE));
      expect(error).toMatchObject({ code: 'connection_failed', outcome: 'not_sent', retryable: true });
      expect(error.cause).toMatchObject({ message: expect.stringContaining('connectTimeoutMs (400 ms)') });
    });
    await expect.poll(() => gateway.open()).toBe(0);
  });

  test('and does not count the wait for a free connection', async () => {
    const gateway = await startGateway((socket, { number }) => {
      if (number === 1) setTimeout(answerSent, 300, socket);
      else answerSent(socket);
    });
    const sender = makeSender({ baseUrl: gateway.url, connections: 1, connectTimeoutMs: 100 });
    await expect(Promise.all([sender.send(MESSAGE), sender.send(MESSAGE)])).resolves.toHaveLength(2);
  });
});

describe('an abort', () => {
  const reason = new Error('the user left');

  test('before the send keeps it from the network', async () => {
    const gateway = await startGateway(answerSent);
    let asked = 0;
    const sender = makeSender({
      baseUrl: gateway.url,
      isSuppressed: () => {
        asked += 1;
        return false;
      },
    });
    const error = await failureOf(sender.send(MESSAGE, { signal: AbortSignal.abort(reason) }));
    expect(error).toMatchObject({ code: 'aborted', outcome: 'not_sent', attempts: 0, cause: reason });
    expect(error.name).toBe('SendAbortedError');
    expect([asked, gateway.connections()]).toEqual([0, 0]);
  });

  test('amid the suppression check is told to it', async () => {
    const controller = new AbortController();
    let told: unknown;
    const sender = makeSender({
      isSuppressed: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            told = signal.aborted;
            reject(signal.reason);
          });
          controller.abort(reason);
        }),
    });
    const error = await failureOf(sender.send(MESSAGE, { signal: controller.signal }));
    expect(error).toMatchObject({ code: 'aborted', outcome: 'not_sent', cause: reason });
    expect(told).toBe(true);
  });

  test('amid the wait for the next try sends nothing', async () => {
    const controller = new AbortController();
    let asked = 0;
    const sender = makeSender({
      baseUrl: `http://127.0.0.1:${await closedPort()}`,
      retry: { minDelayMs: 2_000_000_000, maxDelayMs: 2_000_000_000 },
      // Asked again for each try: the first one is over when the timer below has run.
      isSuppressed: () => {
        asked += 1;
        return false;
      },
    });
    setTimeout(() => controller.abort(reason), 300);
    const error = await failureOf(sender.send(MESSAGE, { signal: controller.signal }));
    expect(error).toMatchObject({ code: 'aborted', outcome: 'not_sent', attempts: 1, cause: reason });
    expect(asked).toBe(1);
  });

  test('amid the making of a connection sends nothing', async () => {
    const controller = new AbortController();
    const gateway = await startGateway(answerSent, { onConnection: () => controller.abort(reason) });
    const sender = makeSender({ baseUrl: `https://127.0.0.1:${gateway.port}` });
    const error = await failureOf(sender.send(MESSAGE, { signal: controller.signal }));
    expect(error).toMatchObject({ code: 'aborted', outcome: 'not_sent', attempts: 1, cause: reason });
  });

  test('while it waits for a connection keeps the request from ever leaving', async () => {
    const controller = new AbortController();
    const gateway = await startGateway((socket, { number }) => {
      if (number === 1) answer = () => answerSent(socket);
      else answerSent(socket);
    });
    let answer: () => void = () => undefined;
    const sender = makeSender({ baseUrl: gateway.url, connections: 1 });
    const first = sender.send(MESSAGE);
    await gateway.reads(1);
    const waiting = sender.send(MESSAGE, { signal: controller.signal });
    await setImmediate();
    controller.abort(reason);
    const error = await failureOf(waiting);
    expect(error).toMatchObject({ code: 'aborted', outcome: 'not_sent', attempts: 1, cause: reason });
    answer();
    await first;
    await sender.send({ ...MESSAGE, message: 'the third' });
    expect(gateway.posts.map(({ body }) => JSON.parse(body).message)).toEqual([MESSAGE.message, 'the third']);
  });

  test('after the request was read leaves it unknown, and closes the connection', async () => {
    const controller = new AbortController();
    const gateway = await startGateway((socket) => {
      closed = new Promise((resolve) => socket.once('close', resolve));
      controller.abort(reason);
    });
    let closed: Promise<unknown> | undefined;
    const sender = makeSender({ baseUrl: gateway.url });
    const error = await failureOf(sender.send(MESSAGE, { signal: controller.signal }));
    expect(error).toMatchObject({ code: 'aborted', outcome: 'unknown', retryable: false, cause: reason });
    expect(gateway.posts).toHaveLength(1);
    await closed;
  });

  test('by a signal that many sends share ends them all, and leaves no listener on it', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const gateway = await startGateway((socket, { number }) => {
      if (number <= 50) answerSent(socket);
    });
    const sender = makeSender({ baseUrl: gateway.url });
    const warnings: Error[] = [];
    const onWarning = (warning: Error): number => warnings.push(warning);
    process.on('warning', onWarning);
    await Promise.all(Array.from({ length: 50 }, () => sender.send(MESSAGE, { signal })));
    await failureOf(sender.send({ ...MESSAGE, phone: '05' }, { signal }));
    await expect(sender.send(MESSAGE, { signal, timeoutMs: 0 })).rejects.toThrow(TypeError);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    const sends = Array.from({ length: 20 }, () => failureOf(sender.send(MESSAGE, { signal })));
    await gateway.reads(52);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    controller.abort(reason);
    for (const error of await Promise.all(sends))
      expect(error).toMatchObject({ code: 'aborted', cause: reason });
    await setImmediate();
    process.off('warning', onWarning);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    expect(warnings).toEqual([]);
  });
});
