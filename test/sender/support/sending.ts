import { expect, onTestFinished } from 'vitest';
import { isSendError, type SendError } from '../../../src/sender/errors.ts';
import type { SendDispatcher } from '../../../src/sender/exchange.ts';
import type { SenderOptions } from '../../../src/sender/options.ts';
import { createSender, type Sender } from '../../../src/sender/sender.ts';

export const API_KEY = 'wg_live_9f8e7d6c5b4a39281706';
export const PHONE = '+966501234567';
export const TEXT = 'Your parcel 4711 is on its way';
export const MESSAGE = { phone: PHONE, message: TEXT, purpose: 'transactional' } as const;

/** A dispatcher that must not be asked. */
export const noNetwork: SendDispatcher = {
  dispatch: () => {
    throw new Error('The network was used.');
  },
};

/** A sender that retries at once, closed when the test ends. */
export function makeSender(options: SenderOptions = {}): Sender {
  const sender = createSender({
    apiKey: API_KEY,
    instanceId: 'inst-1',
    timeoutMs: 5_000,
    ...options,
    retry: { minDelayMs: 0, maxDelayMs: 0, ...options.retry },
  });
  onTestFinished(() => sender.close());
  return sender;
}

/** The SendError a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<SendError> {
  const error = await promise.then(
    (value) => {
      throw new Error(`It resolved with ${JSON.stringify(value)}.`);
    },
    (reason: unknown) => reason,
  );
  if (!isSendError(error)) throw error;
  // What holds for every failure.
  expect(error.retryable && error.outcome === 'unknown').toBe(false);
  return error;
}
