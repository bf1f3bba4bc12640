import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { SendFaultKind } from '../../src/emulator/fault.ts';
import type { GatewayEmulator } from '../../src/emulator/gateway.ts';
import { send, sendRequest, startGateway } from './gateway.ts';

/** Sends over a plain socket, to see how the connection itself ends. */
async function sendRaw(gateway: GatewayEmulator): Promise<{ bytes: string; error: string | undefined }> {
  const { headers, body } = sendRequest(gateway);
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  let bytes = '';
  let error: string | undefined;
  socket.on('data', (chunk) => {
    bytes += chunk;
  });
  socket.on('error', (cause: NodeJS.ErrnoException) => {
    error = cause.code;
  });
  const lines = Object.entries({ ...headers, 'content-length': Buffer.byteLength(body) });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.write(`POST /api/send-message HTTP/1.1\r\nhost: x\r\n${head}\r\n${body}`);
  await new Promise((resolve) => socket.once('close', resolve));
  return { bytes, error };
}

type Case = [
  name: string,
  kind: SendFaultKind,
  expected: { status: number; headers?: Record<string, string>; text: RegExp },
];

const answers: Case[] = [
  [
    'a status',
    { type: 'status', status: 503 },
    { status: 503, headers: { 'content-type': 'application/json' }, text: /^\{"success":false,"message":/u },
  ],
  [
    'a status with a body of one’s own',
    { type: 'status', status: 418, body: 'I am a teapot' },
    { status: 418, headers: { 'content-type': 'text/plain; charset=utf-8' }, text: /^I am a teapot$/u },
  ],
  [
    'a status with JSON of one’s own',
    { type: 'status', status: 200, body: '{"success":true}' },
    { status: 200, headers: { 'content-type': 'application/json' }, text: /^\{"success":true\}$/u },
  ],
  [
    'a code of the gateway under its own status',
    { type: 'code', code: 'gateway_send_failed' },
    { status: 502, text: /"success":false,"error":"gateway_send_failed"/u },
  ],
  ['a code nobody knows', { type: 'code', code: 'new_code' }, { status: 400, text: /"error":"new_code"/u }],
  [
    'a code named like a property of every object',
    { type: 'code', code: 'constructor' },
    { status: 400, text: /"error":"constructor"/u },
  ],
  [
    'a code under another status',
    { type: 'code', code: 'policy_violation', status: 451 },
    { status: 451, text: /"error":"policy_violation"/u },
  ],
  [
    'throttling',
    { type: 'throttle', retryAfterSeconds: 7 },
    { status: 429, headers: { 'retry-after': '7' }, text: /"error":"sending_throttled"/u },
  ],
  [
    'throttling of a second',
    { type: 'throttle' },
    { status: 429, headers: { 'retry-after': '1' }, text: /./u },
  ],
  [
    'HTML',
    { type: 'html' },
    {
      status: 502,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      text: /^<!doctype html>\n<html><head><title>502 Bad Gateway</u,
    },
  ],
  ['HTML under another status', { type: 'html', status: 200 }, { status: 200, text: /<title>200 OK</u }],
  [
    'malformed JSON',
    { type: 'malformed-json' },
    { status: 200, text: /^\{"success":true,"status":"[^}]*$/u },
  ],
];

describe('a fault of sending', () => {
  it.each(answers)(
    'answers %s before the message counts',
    async (_, kind, { status, headers = {}, text }) => {
      const gateway = await startGateway();
      gateway.faults.add({ on: 'send', ...kind });
      const answer = await send(gateway);
      expect(answer.status).toBe(status);
      expect(answer.text).toMatch(text);
      expect(Object.fromEntries(answer.headers)).toMatchObject(headers);
      expect(gateway.messages).toHaveLength(0);
      expect(gateway.state.usage.day.used).toBe(0);
      expect(gateway.requests).toMatchObject([
        { fault: kind.type, messageId: undefined, answer: { status, body: answer.text } },
      ]);
      expect((await send(gateway)).body).toMatchObject({ success: true });
    },
  );

  it.each(answers)('answers %s after the message counts', async (_, kind, { status, text }) => {
    const gateway = await startGateway();
    gateway.faults.add({ on: 'send', when: 'after', ...kind });
    const answer = await send(gateway);
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(text);
    expect(gateway.messages).toHaveLength(1);
    expect(gateway.state.usage.day.used).toBe(1);
    expect(gateway.requests[0]?.messageId).toBe(gateway.messages[0]?.messageId);
  });

  it('cuts the very answer off that there would have been', async () => {
    const gateway = await startGateway();
    gateway.faults.add({ on: 'send', type: 'malformed-json', when: 'after' });
    const { text } = await send(gateway);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect('{"success":true,"status":"sent","message_id":"emu_msg_1","log_id":1}').toContain(text);
  });

  it.each(['before', 'after'] as const)('resets the connection %s the message counts', async (when) => {
    const gateway = await startGateway();
    gateway.faults.add({ on: 'send', type: 'reset', when });
    expect(await sendRaw(gateway)).toEqual({ bytes: '', error: 'ECONNRESET' });
    expect(gateway.messages).toHaveLength(when === 'after' ? 1 : 0);
    expect(gateway.requests).toMatchObject([{ fault: 'reset', answer: undefined }]);
  });

  it.each(['before', 'after'] as const)('never answers, %s the message counts', async (when) => {
    const gateway = await startGateway();
    gateway.faults.add({ on: 'send', type: 'timeout', when });
    const sending = sendRaw(gateway);
    await new Promise<void>((resolve) => gateway.subscribe(({ type }) => type === 'request' && resolve()));
    expect(gateway.requests).toMatchObject([{ fault: 'timeout', answer: undefined }]);
    expect(gateway.messages).toHaveLength(when === 'after' ? 1 : 0);
    await gateway.idle();
    await gateway.clock.advance('2d');
    expect(await Promise.race([sending, Promise.resolve('still waiting')])).toBe('still waiting');
    await gateway.close();
    expect((await sending).bytes).toBe('');
  });

  it('ends what it never answers when the gateway is reset', async () => {
    const gateway = await startGateway();
    gateway.faults.add({ on: 'send', type: 'timeout' });
    const sending = sendRaw(gateway);
    await new Promise<void>((resolve) => gateway.subscribe(({ type }) => type === 'request' && resolve()));
    gateway.reset();
    expect(await sending).toEqual({ bytes: '', error: 'ECONNRESET' });
  });
});

/** Resolves when the gateway has read a send and holds it: it has begun and is not what idle waits for. */
async function held(gateway: GatewayEmulator): Promise<void> {
  const before = gateway.faults.list().length;
  while (gateway.faults.list().length === before) await new Promise((resolve) => setImmediate(resolve));
}

describe('a delay of sending', () => {
  it('counts the message only when its time has come', async () => {
    const gateway = await startGateway();
    gateway.faults.add({ on: 'send', type: 'delay', ms: 3_600_000 });
    const sending = send(gateway);
    await held(gateway);
    await gateway.idle();
    expect(gateway.messages).toHaveLength(0);
    await gateway.clock.advance('1h');
    expect((await sending).status).toBe(200);
    expect(gateway.messages).toHaveLength(1);
    expect(gateway.requests).toMatchObject([{ fault: 'delay', answer: { status: 200 } }]);
  });

  it('goes by real time too', async () => {
    const gateway = await startGateway();
    gateway.faults.add({ on: 'send', type: 'delay', ms: 60 });
    const startedAt = performance.now();
    await send(gateway);
    expect(performance.now() - startedAt).toBeGreaterThan(55);
  });

  it('judges the message when its time has come', async () => {
    const gateway = await startGateway();
    gateway.faults.add({ on: 'send', type: 'delay', ms: 3_600_000 });
    const sending = send(gateway);
    await held(gateway);
    gateway.update({ keyRevoked: true });
    await gateway.clock.advance('1h');
    expect((await sending).body.error).toBe('revoked_api_key');
  });

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('%s the message counts, leaves %i for an app that does not wait', async (when, count) => {
    const gateway = await startGateway();
    gateway.faults.add({ on: 'send', type: 'delay', ms: 3_600_000, when });
    const patience = new AbortController();
    const sending = send(gateway, {}, patience.signal);
    await held(gateway);
    expect(gateway.messages).toHaveLength(count);
    const recorded = new Promise<void>((resolve) =>
      gateway.subscribe(({ type }) => type === 'request' && resolve()),
    );
    patience.abort();
    await expect(sending).rejects.toThrow('aborted');
    await recorded;
    await gateway.clock.advance('1h');
    expect(gateway.messages).toHaveLength(count);
    expect(gateway.requests).toMatchObject([{ fault: 'delay', answer: undefined }]);
  });
});

describe('which send a fault strikes', () => {
  it('is the next as often as it is told, the oldest fault first', async () => {
    const gateway = await startGateway();
    gateway.faults.add({ on: 'send', type: 'status', status: 500, times: 2 });
    gateway.faults.add({ on: 'send', type: 'status', status: 503 });
    const statuses: number[] = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await send(gateway)).status);
    expect(statuses).toEqual([500, 500, 503, 200]);
    expect(gateway.faults.list()).toEqual([]);
  });

  it('is also a wrong one before the gateway looks, but only an accepted one after', async () => {
    const gateway = await startGateway();
    gateway.faults.add({ on: 'send', type: 'status', status: 500, when: 'after' });
    expect((await send(gateway, { phone: 'x' })).status).toBe(422);
    expect((await send(gateway)).status).toBe(500);
    gateway.faults.add({ on: 'send', type: 'status', status: 501 });
    expect((await send(gateway, { phone: 'x' })).status).toBe(501);
  });

  it('is none at another address', async () => {
    const gateway = await startGateway();
    gateway.faults.add({ on: 'send', type: 'status', status: 500 });
    await fetch(`${gateway.url}/other`, { method: 'POST' });
    expect(gateway.faults.list()).toHaveLength(1);
  });

  it('is the same by chance where the seed is the same', async () => {
    async function play(seed: number): Promise<string> {
      const gateway = await startGateway({ seed, plan: 'unlimited' });
      gateway.faults.add({ on: 'send', type: 'status', status: 500, probability: 0.3 });
      let struck = '';
      for (let n = 0; n < 40; n += 1) struck += (await send(gateway)).status === 500 ? 'x' : '.';
      return struck;
    }
    const [one, again, other] = [await play(7), await play(7), await play(8)];
    expect(again).toBe(one);
    expect(other).not.toBe(one);
    expect(one.split('x').length).toBeGreaterThan(5);
    expect(one.split('x').length).toBeLessThan(22);
  });
});
