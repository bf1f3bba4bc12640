import type { SendTrace } from '../telemetry.ts';
import { ConnectError } from './connector.ts';
import { type Deadline, pause, type Stop, untilStopped } from './deadline.ts';
import { type ExchangeResult, exchange, type SendDispatcher } from './exchange.ts';
import { connectionFailed, stopped, suppressed, suppressionCheckFailed } from './failures.ts';
import { createMask, maskError } from './mask.ts';
import type { CheckedCall, CheckedMessage } from './message.ts';
import type { SenderConfig } from './options.ts';
import { sendRequest } from './request.ts';
import { readAnswer, type SentMessage } from './response.ts';
import { retryDelayMs } from './retry.ts';

/** A message the gateway took, and how many tries that needed. */
export interface Carried extends SentMessage {
  readonly attempts: number;
}

/** What carrying one message needs. */
export interface Carriage {
  readonly config: SenderConfig;
  readonly message: CheckedMessage;
  readonly call: CheckedCall;
  readonly deadline: Deadline;
  readonly trace: SendTrace;
  /** Answers the dispatcher that was passed, or else the sender's own connections; a promise while it loads them. */
  readonly connect: () => SendDispatcher | Promise<SendDispatcher>;
}

/**
 * Carries one message to the gateway: asks whether the recipient is suppressed, hands the request over, and tries
 * again only what provably never left.
 *
 * @throws SendError
 */
export async function carry({ config, message, call, deadline, trace, connect }: Carriage): Promise<Carried> {
  const { apiKey, isSuppressed, maxResponseBytes, proxy, retry } = config;
  const { signal } = deadline;
  const mask = createMask({
    apiKey,
    proxyCredentials: proxy?.secrets,
    phones: [message.givenPhone, message.phone],
    message: message.message,
  });
  let attempts = 0;
  let lastError: unknown;

  const stopError = (stop: Stop, written: boolean) => {
    const cause = stop === 'aborted' ? call.signal?.reason : maskError(lastError, mask);
    return stopped(stop, call.timeoutMs, { attempts, written, mask }, cause);
  };

  const checkSuppression = async (): Promise<void> => {
    if (isSuppressed === undefined) return;
    let answer: unknown;
    try {
      // Not awaited where it is not a promise: most records are asked in memory.
      const asked = isSuppressed(message.phone, { signal });
      answer = typeof asked === 'object' ? await untilStopped(asked, signal) : asked;
    } catch (error) {
      if (deadline.stop !== undefined) throw stopError(deadline.stop, false);
      throw suppressionCheckFailed(attempts, maskError(error, mask) ?? new Error('It threw no error.'));
    }
    if (answer === true) throw suppressed(attempts);
    if (answer !== false) throw suppressionCheckFailed(attempts, undefined, answer);
  };

  const attempt = async (): Promise<ExchangeResult> => {
    let dispatcher: SendDispatcher;
    try {
      const connected = connect();
      dispatcher = connected instanceof Promise ? await untilStopped(connected, signal) : connected;
    } catch (error) {
      return { type: 'failed', written: false, error };
    }
    return exchange(dispatcher, sendRequest(config, message, call), { signal, maxResponseBytes });
  };

  for (;;) {
    if (deadline.stop !== undefined) throw stopError(deadline.stop, false);
    // Asked again before every try: an opt-out may have come while we waited.
    await checkSuppression();
    if (deadline.stop !== undefined) throw stopError(deadline.stop, false);
    attempts += 1;
    const result = await attempt();
    if (result.type === 'answered') {
      trace.status = result.answer.status;
      return { ...readAnswer(result.answer, { attempts, mask, now: Date.now() }), attempts };
    }
    if (deadline.stop !== undefined) throw stopError(deadline.stop, result.written);
    if (result.type === 'failed') lastError = reasonOf(result.error);
    if (result.written || attempts > retry.unsent) {
      throw connectionFailed(lastError, { attempts, written: result.written, mask });
    }
    // Its end is seen at the top of the loop.
    await pause(retryDelayMs(attempts, retry), signal).catch(() => {});
  }
}

/** What a connection failed of, out of the wrapper that undici needs. */
function reasonOf(error: unknown): unknown {
  return error instanceof ConnectError ? error.cause : error;
}
