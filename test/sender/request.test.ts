import { describe, expect, test } from 'vitest';
import { OnceBody } from '../../src/sender/once-body.ts';
import { resolveSenderOptions } from '../../src/sender/options.ts';
import { requestCreator } from '../../src/sender/request.ts';
import { noNetwork } from './support/sending.ts';

const required = { apiKey: 'wg_live_1', instanceId: 'inst-1' };
const message = {
  phone: '+966501234567',
  givenPhone: '00966501234567',
  message: 'سلام',
  purpose: 'support',
} as const;
const call = { signal: undefined, timeoutMs: 15_000, instanceId: 'inst-2' };
const text = '{"instance_id":"inst-2","phone":"+966501234567","message":"سلام","message_purpose":"support"}';
const headers = {
  authorization: 'Bearer wg_live_1',
  'content-type': 'application/json',
  accept: 'application/json',
  'user-agent': 'express-whatsapp-gateway',
};

describe('a request', () => {
  test("for the sender's own connections has its text for a body", () => {
    expect(requestCreator(resolveSenderOptions(required))(message, call)).toEqual({
      origin: 'https://evoapi.faisak.com',
      path: '/api/send-message',
      method: 'POST',
      headers,
      headersTimeout: 20_000,
      bodyTimeout: 20_000,
      body: text,
    });
  });

  test('for a dispatcher that was passed has a body that can be written once, and its length', () => {
    const config = resolveSenderOptions({ ...required, dispatcher: noNetwork });
    const request = requestCreator(config)(message, call);
    expect(request.body).toBeInstanceOf(OnceBody);
    expect(String(request.body)).toBe(text);
    expect(request.headers).toEqual({ ...headers, 'content-length': String(Buffer.byteLength(text)) });
  });

  test("has time-outs that a timer of Node can hold, later than the sender's own", () => {
    const config = resolveSenderOptions(required);
    for (const timeoutMs of [1, 2 ** 31 - 1]) {
      const { headersTimeout, bodyTimeout } = requestCreator(config)(message, { ...call, timeoutMs });
      expect(headersTimeout).toBe(Math.min(timeoutMs + 5_000, 2 ** 31 - 1));
      expect(bodyTimeout).toBe(headersTimeout);
    }
  });
});
