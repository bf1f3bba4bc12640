import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { isSendError, type SendResult } from '../../../src/index.ts';
import { gatewayErrorStatuses, ownSendErrorCodes } from '../../../src/protocol.ts';
import { type Answer, answers } from '../answer-arbitraries.ts';
import { type Campaign, checking } from '../campaign.ts';
import { settles } from '../expectations.ts';
import { startRawGateway } from '../raw-gateway.ts';

const API_KEY = 'wg_live_9f8e7d6c5b4a39281706';
const PHONE = '+966501234567';
const TEXT = 'Your parcel 4711 is on its way';
const MAX_RESPONSE_BYTES = 2_048;
/** For whoever says nothing; whoever says something has all the time there is. */
const SHORT_TIMEOUT_MS = 100;
const CODE = /^[\w.:-]{1,100}$/u;
const documented: readonly string[] = [...Object.keys(gatewayErrorStatuses), ...ownSendErrorCodes];

function codeOf({ json }: Answer): unknown {
  return typeof json === 'object' && json !== null ? Reflect.get(json, 'error') : undefined;
}

function saysSuccess({ json }: Answer): boolean {
  return typeof json === 'object' && json !== null && Reflect.get(json, 'success') === true;
}

function assertNothingShows(value: unknown): void {
  const shown = `${inspect(value, { depth: 12, showHidden: true })} ${JSON.stringify(value)}`;
  for (const secret of [API_KEY, PHONE.slice(1), TEXT])
    assert.ok(!shown.includes(secret), `it shows ${secret}: ${shown}`);
}

function assertFailure(error: unknown, answer: Answer, wasRead: boolean): void {
  assert.ok(isSendError(error), `no SendError came, but ${inspect(error)}`);
  const { code, outcome, retryable, attempts, gatewayMessage, details, status } = error;
  const own = codeOf(answer);
  const isNew = typeof own === 'string' && CODE.test(own) && code === own;
  assert.ok(documented.includes(code) || isNew, `the code ${code} is not documented`);
  assert.ok(outcome === 'not_sent' || outcome === 'unknown');
  assert.ok(!retryable || outcome === 'not_sent', 'a message that may have gone out must not be sent again');
  assert.ok(attempts >= 1);
  assert.ok((gatewayMessage ?? '').length <= 1_001);
  for (const name of Object.keys(details)) assert.ok(['action', 'riskScore', 'limit', 'used'].includes(name));
  assertNothingShows(error);
  if (!wasRead || outcome === 'unknown') return;
  // The gateway has read it, so only its own refusal proves that it was not sent.
  const isRefusal = (status ?? 0) >= 400 && status !== 408 && (status ?? 0) < 500;
  assert.ok(
    isRefusal || codeOf(answer) !== undefined || answer.isRaw || saysNo(answer),
    'not_sent without a proof',
  );
}

function saysNo({ json }: Answer): boolean {
  return typeof json === 'object' && json !== null && Reflect.get(json, 'success') === false;
}

/** The sender against a gateway that answers anything: it settles in time, never sends twice, and never guesses. */
export const gatewayAnswers: Campaign = {
  name: 'gateway-answers',
  shortRuns: 60,
  batchRuns: 20,
  async start({ subject, settleMs }) {
    const gateway = await startRawGateway();

    const property = fc.asyncProperty(answers({ key: API_KEY, phone: PHONE, text: TEXT }), async (answer) => {
      const baseUrl = gateway.answerWith(answer);
      const timeoutMs = answer.bytes.length === 0 ? SHORT_TIMEOUT_MS : settleMs;
      const sender = subject.createSender({
        apiKey: API_KEY,
        instanceId: 'inst-1',
        baseUrl,
        timeoutMs,
        connections: 1,
        maxResponseBytes: MAX_RESPONSE_BYTES,
        retry: { unsent: 2, minDelayMs: 0, maxDelayMs: 0 },
      });
      let result: SendResult | undefined;
      let error: unknown;
      try {
        const sending = sender.send({ phone: PHONE, message: TEXT, purpose: 'support' });
        result = await settles(sending, timeoutMs + settleMs, 'send').catch((reason: unknown) => {
          error = reason;
          return undefined;
        });
      } finally {
        await settles(sender.close(), timeoutMs + settleMs, 'close');
      }
      assert.ok(gateway.posts(baseUrl) <= 1, `the message was sent ${gateway.posts(baseUrl)} times`);
      if (result === undefined) assertFailure(error, answer, gateway.posts(baseUrl) === 1);
      if (answer.isWhole && answer.bytes.length <= MAX_RESPONSE_BYTES)
        assert.equal(result !== undefined, saysSuccess(answer));
      if (result !== undefined && !answer.isRaw)
        assert.ok(saysSuccess(answer), 'it counts as sent, and nobody said so');
    });
    return { check: checking(property), stop: () => gateway.stop() };
  },
};
