import assert from 'node:assert/strict';
import { isWebhookError, type WebhookError } from '../../src/index.ts';
import { webhookErrorStatuses } from '../../src/protocol.ts';
import type { WebhookResponse } from '../../src/webhook/receiver.ts';

const PROTOTYPE_KEYS = Reflect.ownKeys(Object.prototype);

/** Waits for what must settle in time. @throws where it does not: it hangs. */
export async function settles<T>(promise: Promise<T>, settleMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not settle in ${settleMs} ms.`)), settleMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** @throws unless it is one of ours, with a documented code and the status that belongs to it. */
export function assertWebhookError(error: unknown): asserts error is WebhookError {
  assert.ok(isWebhookError(error), `no WebhookError came, but ${String(error)}`);
  assert.ok(Object.hasOwn(webhookErrorStatuses, error.code), `the code ${error.code} is not documented`);
  assert.equal(error.status, webhookErrorStatuses[error.code]);
}

/** @throws unless status and body are those of a documented outcome. */
export function assertDocumentedAnswer(status: number, body: string): void {
  if (status === 200) {
    assert.equal(body, 'ok');
    return;
  }
  const { error: code, ...others } = JSON.parse(body) as Record<string, unknown>;
  assert.deepEqual(others, {});
  assert.ok(
    typeof code === 'string' && Object.hasOwn(webhookErrorStatuses, code),
    `${code} is not documented`,
  );
  assert.equal(status, Reflect.get(webhookErrorStatuses, code));
}

/** @throws unless a receiver's answer is a documented one, whole and in itself consistent. */
export function assertDocumented({ status, headers, body, error }: WebhookResponse): void {
  assertDocumentedAnswer(status, body);
  if (status === 200) {
    assert.equal(error, undefined);
    return;
  }
  assertWebhookError(error);
  assert.equal(body, JSON.stringify({ error: error.code }));
  assert.equal(headers['Retry-After'] !== undefined, status === 503);
  assert.equal(headers.Allow, status === 405 ? 'POST' : undefined);
}

/** @throws where something was written into what all objects share. */
export function assertNothingPolluted(): void {
  assert.deepEqual(Reflect.ownKeys(Object.prototype), PROTOTYPE_KEYS);
}
