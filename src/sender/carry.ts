import type { SendTrace } from '../telemetry.ts';
import { ConnectError } from './connector.ts';
import { type Deadline, pause, type Stop, untilStopped } from './deadline.ts';
import type { SendError } from './errors.ts';
import { type ExchangeResult, exchange, type SendDispatcher } from './exchange.ts';
import { connectionFailed, stopped, suppressed, suppressionCheckFailed } from './failures.ts';
import { createMask, type Mask, maskError } from './mask.ts';
import type { CheckedCall, CheckedMessage } from './message.ts';
import type { SenderConfig, SuppressionCheck } from './options.ts';
import type { CreateRequest } from './request.ts';
import { type AnswerContext, readAnswer, type SentMessage } from './response.ts';
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
  readonly createRequest: CreateRequest;
  /** Answers the dispatcher that was passed, or else the sender's own connections; a promise while it loads them. */
  readonly connect: () => SendDispatcher | Promise<SendDispatcher>;
}

/**
 * Carries one message to the gateway: asks whether the recipient is suppressed, hands the request over, and tries
 * again only what provably never left.
 *
 * @throws SendError
 */
export function carry(carriage: Carriage): Promise<Carried> {
  return new Carrying(carriage).run();
}

/** One message on its way. What only a failure needs is made for a failure only. */
class Carrying implements AnswerContext {
  attempts = 0;
  readonly #carriage: Carriage;
  #lastError: unknown;

  constructor(carriage: Carriage) {
    this.#carriage = carriage;
  }

  get mask(): Mask {
    const { config, message } = this.#carriage;
    return createMask({
      apiKey: config.apiKey,
      proxyCredentials: config.proxy?.secrets,
      phones: [message.givenPhone, message.phone],
      message: message.message,
    });
  }

  get now(): number {
    return Date.now();
  }

  async run(): Promise<Carried> {
    const { config, deadline, trace } = this.#carriage;
    const { isSuppressed, retry } = config;
    for (;;) {
      if (deadline.stop !== undefined) throw this.#stopped(deadline.stop, false);
      if (isSuppressed !== undefined) {
        // Asked again before every try: an opt-out may have come while we waited.
        await this.#checkSuppression(isSuppressed);
        if (deadline.stop !== undefined) throw this.#stopped(deadline.stop, false);
      }
      this.attempts += 1;
      const result = await this.#attempt();
      if (result.type === 'answered') {
        trace.status = result.answer.status;
        const { status, messageId, logId } = readAnswer(result.answer, this);
        return { status, messageId, logId, attempts: this.attempts };
      }
      if (deadline.stop !== undefined) throw this.#stopped(deadline.stop, result.written);
      if (result.type === 'failed') this.#lastError = reasonOf(result.error);
      if (result.written || this.attempts > retry.unsent) {
        const { attempts, mask } = this;
        throw connectionFailed(this.#lastError, { attempts, written: result.written, mask });
      }
      // Its end is seen at the top of the loop.
      await pause(retryDelayMs(this.attempts, retry), deadline);
    }
  }

  async #checkSuppression(isSuppressed: SuppressionCheck): Promise<void> {
    const { message, deadline } = this.#carriage;
    let answer: unknown;
    try {
      // Not awaited where it is not a promise: most records are asked in memory.
      const asked = isSuppressed(message.phone, {
        get signal() {
          return deadline.signal;
        },
      });
      answer = typeof asked === 'object' ? await untilStopped(asked, deadline) : asked;
    } catch (error) {
      if (deadline.stop !== undefined) throw this.#stopped(deadline.stop, false);
      throw suppressionCheckFailed(
        this.attempts,
        maskError(error, this.mask) ?? new Error('It threw no error.'),
      );
    }
    if (answer === true) throw suppressed(this.attempts);
    if (answer !== false) throw suppressionCheckFailed(this.attempts, undefined, answer);
  }

  #attempt(): Promise<ExchangeResult> {
    const connected = this.#carriage.connect();
    if (!(connected instanceof Promise)) return this.#exchange(connected);
    return untilStopped(connected, this.#carriage.deadline).then(
      (dispatcher) => this.#exchange(dispatcher),
      (error: unknown) => ({ type: 'failed', written: false, error }),
    );
  }

  #exchange(dispatcher: SendDispatcher): Promise<ExchangeResult> {
    const { config, message, call, deadline, createRequest } = this.#carriage;
    return exchange(dispatcher, createRequest(message, call), {
      deadline,
      maxResponseBytes: config.maxResponseBytes,
      isOwn: config.dispatcher === undefined,
    });
  }

  #stopped(stop: Stop, written: boolean): SendError {
    const { call } = this.#carriage;
    const { attempts, mask } = this;
    const cause = stop === 'aborted' ? call.signal?.reason : maskError(this.#lastError, mask);
    return stopped(stop, call.timeoutMs, { attempts, written, mask }, cause);
  }
}

/** What a connection failed of, out of the wrapper that undici needs. */
function reasonOf(error: unknown): unknown {
  return error instanceof ConnectError ? error.cause : error;
}
