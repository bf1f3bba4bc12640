import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startGatewayEmulator } from '../../src/emulator/emulator.ts';
import type { GatewayEmulator } from '../../src/emulator/gateway.ts';
import { messagePurposes } from '../../src/protocol.ts';

const apiKey = 'emu_key';
const instanceId = 'inst_1';
const body = {
  instance_id: instanceId,
  phone: '+966501234567',
  message: 'تم شحن طلبك',
  message_purpose: 'transactional',
};

let gateway: GatewayEmulator;
let counted = 0;

beforeAll(async () => {
  gateway = await startGatewayEmulator({ apiKey, instanceId, plan: 'unlimited' });
  gateway.suppress('966500000000');
});
beforeEach(() => {
  counted = gateway.messages.length;
});
afterAll(() => gateway.close());

async function post(
  sent: unknown,
  headers: Record<string, string> = {},
  path = '/api/send-message',
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(gateway.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
    body: typeof sent === 'string' || sent instanceof Uint8Array ? (sent as string) : JSON.stringify(sent),
  });
  expect(response.headers.get('content-type')).toBe('application/json');
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('a send that keeps the rules', () => {
  it('is answered as documented and recorded', async () => {
    const answer = await post(body);
    const message = gateway.messages.at(-1);
    expect(answer).toEqual({
      status: 200,
      body: { success: true, status: 'sent', message_id: message?.messageId, log_id: message?.logId },
    });
    expect(answer.body.message_id).toBeTypeOf('string');
    expect(answer.body.log_id).toBeTypeOf('number');
    expect(message).toMatchObject({
      instanceId,
      phone: '+966501234567',
      message: 'تم شحن طلبك',
      purpose: 'transactional',
      at: expect.any(Date),
    });
  });

  it('gets another id each time', async () => {
    const [one, two] = [await post(body), await post(body)];
    expect(one.body.message_id).not.toBe(two.body.message_id);
    expect(Number(two.body.log_id)).toBe(Number(one.body.log_id) + 1);
  });

  it.each(['+966501234567', '966501234567', '00966 50-123 4567'])('takes the phone %s', async (phone) => {
    expect((await post({ ...body, phone })).status).toBe(200);
    expect(gateway.messages.at(-1)?.phone).toBe('+966501234567');
  });

  it.each(messagePurposes)('takes the purpose %s', async (purpose) => {
    expect((await post({ ...body, message_purpose: purpose })).status).toBe(200);
  });

  it.each(['application/json; charset=utf-8', 'Application/JSON', 'application/json;charset=utf-8'])(
    'takes the content type %s',
    async (type) => {
      expect((await post(body, { 'content-type': type })).status).toBe(200);
    },
  );

  it('takes the longest message with every character escaped', async () => {
    const escaped = JSON.stringify(body).replace('تم شحن طلبك', '\\u0645'.repeat(65_536));
    expect((await post(escaped)).status).toBe(200);
    expect(gateway.messages.at(-1)?.message).toHaveLength(65_536);
  });
});

describe('a send that breaks a rule', () => {
  const without = (field: string): object => ({ ...body, [field]: undefined });

  it.each<[string, unknown, number, string, Record<string, string>?]>([
    ['no Authorization header', body, 401, 'invalid_api_key', { authorization: '' }],
    ['a wrong key', body, 401, 'invalid_api_key', { authorization: 'Bearer wrong' }],
    ['a key that is only longer', body, 401, 'invalid_api_key', { authorization: `Bearer ${apiKey}x` }],
    ['a key with no scheme', body, 401, 'invalid_api_key', { authorization: apiKey }],
    ['another scheme', body, 401, 'invalid_api_key', { authorization: `Basic ${apiKey}` }],
    ['a wrong key and broken JSON', '{', 401, 'invalid_api_key', { authorization: 'Bearer wrong' }],
    ['broken JSON', '{"phone":', 400, 'invalid_json'],
    ['no body', '', 400, 'invalid_json'],
    ['an array', '[]', 400, 'invalid_json'],
    ['null', 'null', 400, 'invalid_json'],
    ['a string', '"x"', 400, 'invalid_json'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 400, 'invalid_json'],
    ['a form', body, 400, 'invalid_json', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a look-alike type', body, 400, 'invalid_json', { 'content-type': 'application/json5' }],
    ['no instance', without('instance_id'), 422, 'validation_error'],
    ['a wrong instance', { ...body, instance_id: 'other' }, 404, 'invalid_instance'],
    ['an instance that is no text', { ...body, instance_id: 1 }, 404, 'invalid_instance'],
    ['no phone', without('phone'), 422, 'validation_error'],
    ['an empty phone', { ...body, phone: '' }, 422, 'validation_error'],
    ['a phone that is a number', { ...body, phone: 966501234567 }, 422, 'validation_error'],
    ['a national phone', { ...body, phone: '0501234567' }, 422, 'validation_error'],
    ['no message', without('message'), 422, 'validation_error'],
    ['an empty message', { ...body, message: '' }, 422, 'validation_error'],
    ['a message that is an object', { ...body, message: {} }, 422, 'validation_error'],
    ['no purpose', without('message_purpose'), 422, 'message_purpose_required'],
    ['an empty purpose', { ...body, message_purpose: '' }, 422, 'message_purpose_required'],
    ['a purpose of null', { ...body, message_purpose: null }, 422, 'message_purpose_required'],
    ['marketing', { ...body, message_purpose: 'marketing' }, 422, 'message_purpose_not_allowed'],
    ['an unknown purpose', { ...body, message_purpose: 'toString' }, 422, 'message_purpose_not_allowed'],
    ['a purpose in capitals', { ...body, message_purpose: 'Support' }, 422, 'message_purpose_not_allowed'],
    ['a purpose in an array', { ...body, message_purpose: ['support'] }, 422, 'message_purpose_not_allowed'],
    ['a suppressed phone', { ...body, phone: '966500000000' }, 403, 'recipient_suppressed'],
    ['its other spelling', { ...body, phone: '+966500000000' }, 403, 'recipient_suppressed'],
  ])('is refused: %s', async (_, sent, status, code, headers) => {
    const answer = await post(sent, headers);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ success: false, error: code, message: expect.stringContaining('.') });
    expect(gateway.messages).toHaveLength(counted);
    const { answer: recorded, code: recordedCode, docsUrl } = gateway.requests.at(-1) ?? {};
    expect({ status: recorded?.status, body: JSON.parse(recorded?.body ?? '') }).toEqual(answer);
    expect(recordedCode).toBe(code);
    expect(docsUrl).toBe(`docs/errors.md#${code}`);
  });

  it('is told to block a suppressed recipient, and nothing more', async () => {
    expect((await post({ ...body, phone: '966500000000' })).body.details).toEqual({ action: 'block' });
  });

  it.each([1_048_577, 20_000_000])('is told of a body of %i bytes, and reads that', async (size) => {
    expect(await post('x'.repeat(size))).toMatchObject({ status: 413, body: { error: 'payload_too_large' } });
    expect(gateway.requests.at(-1)?.rawBody).toHaveLength(0);
  });

  it('is told of a body that is too large also where it writes all before it reads', async () => {
    const chunk = 'x'.repeat(1_000_000);
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    // Between two writes nobody else listens.
    socket.on('error', () => undefined);
    socket.write('POST /api/send-message HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    for (let count = 0; count < 30; count += 1) {
      const bytes = `${chunk.length.toString(16)}\r\n${chunk}\r\n`;
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.write(bytes, () => resolve(void socket.off('error', reject)));
      });
    }
    socket.write('0\r\n\r\n');
    let answer = '';
    for await (const part of socket) answer += part;
    expect(answer).toContain('HTTP/1.1 413 ');
    expect(answer).toContain('"error":"payload_too_large"');
  });
});

describe('another address or method', () => {
  it.each(['/', '/api', '/api/send-message/', '/api/send-messages'])(
    'is not found: POST %s',
    async (path) => {
      const answer = await post(body, {}, path);
      expect(answer).toMatchObject({ status: 404, body: { success: false } });
      expect(gateway.messages).toHaveLength(counted);
      expect(gateway.requests.at(-1)).toMatchObject({ path, answer: { status: 404 } });
    },
  );

  it.each(['GET', 'PUT', 'DELETE'])('is not allowed: %s', async (method) => {
    const requests = gateway.requests.length;
    const response = await fetch(`${gateway.url}/api/send-message`, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect(gateway.requests).toHaveLength(requests);
  });

  it('is the same one with a query', async () => {
    expect((await post(body, {}, '/api/send-message?a=1')).status).toBe(200);
  });
});

describe('the record of requests', () => {
  it('has the bytes and headers but not the key', async () => {
    await post(body, { 'x-request-id': 'r1' });
    const last = gateway.requests.at(-1);
    expect(last?.rawBody.toString()).toBe(JSON.stringify(body));
    expect(last?.headers['x-request-id']).toBe('r1');
    expect(JSON.stringify(gateway.requests)).not.toContain(apiKey);
  });

  it('has no request whose sender went away in the middle', async () => {
    const before = gateway.requests.length;
    await new Promise<void>((resolve) => {
      const headers = { 'content-length': '1000', 'content-type': 'application/json' };
      const sending = request(`${gateway.url}/api/send-message`, { method: 'POST', headers });
      sending.on('error', () => resolve());
      sending.write('{', () => setTimeout(() => sending.destroy(new Error('gone')), 20));
    });
    expect((await post(body)).status).toBe(200);
    expect(gateway.requests).toHaveLength(before + 1);
  });

  it('is a copy, so that a test cannot change it', () => {
    (gateway.requests as unknown[]).length = 0;
    expect(gateway.requests.length).toBeGreaterThan(0);
  });
});
