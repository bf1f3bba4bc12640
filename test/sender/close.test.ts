import { execFile } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createSender } from '../../src/sender/sender.ts';
import { answerSent, startGateway } from './support/gateway.ts';
import { API_KEY, failureOf, MESSAGE, makeSender } from './support/sending.ts';

const run = promisify(execFile);

describe('close', () => {
  test('answers the same promise every time, and so does its disposal', async () => {
    const sender = makeSender();
    const closed = sender.close();
    expect(sender.close()).toBe(closed);
    expect(sender[Symbol.asyncDispose]()).toBe(closed);
    await closed;
  });

  test('waits for nothing where nothing is in flight', async () => {
    vi.useFakeTimers();
    onTestFinished(() => {
      vi.useRealTimers();
    });
    await makeSender().close();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('refuses sends from then on', async () => {
    const sender = makeSender();
    const closed = sender.close();
    const error = await failureOf(sender.send(MESSAGE));
    expect(error).toMatchObject({
      code: 'sender_closed',
      outcome: 'not_sent',
      retryable: false,
      attempts: 0,
    });
    await closed;
    expect(
      await failureOf(sender.reply({ from: '966501234567' }, { message: 'x', purpose: 'support' })),
    ).toMatchObject({ code: 'sender_closed' });
  });

  test('waits for the sends in flight', async () => {
    let answer: () => void = () => undefined;
    const gateway = await startGateway((socket) => {
      answer = () => answerSent(socket);
    });
    const sender = makeSender({ baseUrl: gateway.url });
    const sending = sender.send(MESSAGE);
    await gateway.reads(1);
    const closed = sender.close();
    await setImmediate();
    answer();
    await expect(sending).resolves.toMatchObject({ messageId: 'msg-1' });
    await closed;
    await expect.poll(() => gateway.open()).toBe(0);
  });

  test('waits for the last of them, and no longer', async () => {
    const answers: (() => void)[] = [];
    const gateway = await startGateway((socket) => answers.push(() => answerSent(socket)));
    const sender = makeSender({ baseUrl: gateway.url, timeoutMs: 30_000 });
    const first = sender.send(MESSAGE);
    const last = sender.send(MESSAGE);
    await gateway.reads(2);
    const ended: string[] = [];
    const closed = sender.close().then(() => ended.push('closed'));
    answers[0]?.();
    await Promise.race([first, last]);
    // A close that did not wait would end the other one.
    await setImmediate();
    expect(ended).toEqual([]);
    answers[1]?.();
    await expect(Promise.all([first, last])).resolves.toHaveLength(2);
    await closed;
  });

  test('tells the suppression check why it ends', async () => {
    let signal: AbortSignal | undefined;
    const sender = makeSender({
      timeoutMs: 50,
      isSuppressed: (_, context) => {
        signal = context.signal;
        return new Promise(() => undefined);
      },
    });
    const failed = failureOf(sender.send(MESSAGE, { timeoutMs: 60_000 }));
    await sender.close();
    expect(await failed).toMatchObject({ code: 'sender_closed', outcome: 'not_sent', attempts: 0 });
    expect(signal?.reason).toEqual(new Error('The sender was closed.'));
  });

  test('ends what is in flight after timeoutMs, and tells what may have been sent', async () => {
    const gateway = await startGateway(() => undefined);
    const sender = makeSender({ baseUrl: gateway.url, timeoutMs: 200, connections: 1 });
    const written = failureOf(sender.send(MESSAGE, { timeoutMs: 60_000 }));
    const waiting = failureOf(sender.send(MESSAGE, { timeoutMs: 60_000 }));
    await gateway.reads(1);
    const startedAt = performance.now();
    await sender.close();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(200);
    expect(await written).toMatchObject({ code: 'sender_closed', outcome: 'unknown' });
    expect(await waiting).toMatchObject({ code: 'sender_closed', outcome: 'not_sent' });
    await expect.poll(() => gateway.open()).toBe(0);
    expect(gateway.posts).toHaveLength(1);
  });

  test('gives up a connection that is still being made', async () => {
    const gateway = await startGateway(answerSent);
    const sender = makeSender({ baseUrl: `https://127.0.0.1:${gateway.port}`, connectTimeoutMs: 60_000 });
    await failureOf(sender.send(MESSAGE, { timeoutMs: 100 }));
    await sender.close();
    await expect.poll(() => gateway.open()).toBe(0);
  });

  test('is there for await using', async () => {
    const gateway = await startGateway(answerSent);
    {
      await using sender = createSender({ apiKey: API_KEY, instanceId: 'i', baseUrl: gateway.url });
      await sender.send(MESSAGE);
      expect(gateway.open()).toBe(1);
    }
    await expect.poll(() => gateway.open()).toBe(0);
  });
});

describe('a process', () => {
  const sender = JSON.stringify(new URL('../../src/sender/sender.ts', import.meta.url));

  /** Runs a program, and answers what it prints once it has ended by itself. */
  async function program(code: string): Promise<unknown> {
    const { stdout } = await run(
      process.execPath,
      [
        '--import',
        'tsx',
        '--input-type=module',
        '-e',
        `import { createRequire } from 'node:module';
         const { createSender } = await import(${sender});
         const loaded = () => Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('undici'));
         const make = (options) => createSender({ apiKey: 'key-of-a-test', instanceId: 'i', ...options });
         ${code}`,
      ],
      { timeout: 60_000 },
    );
    return JSON.parse(stdout);
  }

  test('that never sends does not load undici, also when it closes', async () => {
    expect(
      await program(
        'const s = make({}); await s.close(); console.log(JSON.stringify({ loaded: loaded() }));',
      ),
    ).toEqual({ loaded: false });
  });

  test('ends by itself after a send, without close', async () => {
    const gateway = await startGateway(answerSent);
    const ended = await program(
      `const s = make({ baseUrl: ${JSON.stringify(gateway.url)} });
       const { messageId } = await s.send({ phone: '966501234567', message: 'x', purpose: 'support' });
       const sentAt = performance.now();
       process.on('exit', () => {
         console.log(JSON.stringify({ messageId, loaded: loaded(), stayedMs: performance.now() - sentAt }));
       });`,
    );
    expect(ended).toEqual({ messageId: 'msg-1', loaded: true, stayedMs: expect.any(Number) });
    // Less than the four seconds a connection is kept.
    expect((ended as { stayedMs: number }).stayedMs).toBeLessThan(3_900);
  });

  test('ends by itself after close, whatever was going on', async () => {
    const gateway = await startGateway(() => undefined);
    expect(
      await program(
        `const s = make({ baseUrl: ${JSON.stringify(gateway.url)}, timeoutMs: 100 });
         const sending = s.send({ phone: '966501234567', message: 'x', purpose: 'support' }, { timeoutMs: 60_000 })
           .catch((error) => error.code);
         await new Promise((resolve) => setTimeout(resolve, 50));
         await s.close();
         console.log(JSON.stringify({ code: await sending, left: process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap') }));`,
      ),
    ).toEqual({ code: 'sender_closed', left: [] });
  });
});
