import { isSendError, type SendError } from '../../../src/sender/errors.ts';
import { createMask } from '../../../src/sender/mask.ts';
import { readAnswer, type SentMessage } from '../../../src/sender/response.ts';

export const KEY = 'wg_live_0123456789abcdef';
/** What reading an answer knows beside it. */
export const context = {
  attempts: 1,
  mask: createMask({ apiKey: KEY, phones: ['+966501234567'], message: 'the text itself' }),
  now: Date.parse('2026-05-08T10:00:00Z'),
};

/** Reads an answer of the gateway. */
export function read(status: number, body: unknown, retryAfter?: string): SentMessage {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readAnswer({ status, body: Buffer.from(text), retryAfter }, context);
}

/** The SendError that an answer is read as. */
export function failure(...args: Parameters<typeof read>): SendError {
  try {
    read(...args);
  } catch (error) {
    if (isSendError(error)) return error;
    throw error;
  }
  throw new Error('It counts as sent.');
}
