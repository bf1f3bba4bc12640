import { performance } from 'node:perf_hooks';
import { normalizePhone } from '../phone.ts';
import { SEND_PATH } from '../protocol.ts';
import type { Account } from './account.ts';
import type { Fault } from './fault.ts';
import type { ManagedFaults } from './faults.ts';
import type { Feed } from './feed.ts';
import { toHeaderRecord } from './header-record.ts';
import type { Holds } from './holds.ts';
import { DOCS_ERRORS } from './limits.ts';
import type { MessageLog } from './message-log.ts';
import type { ReceivedRequest } from './model.ts';
import type { RequestLog } from './request-log.ts';
import { acceptSend, judgeSend, parseObject, refusePath, type Verdict } from './rules.ts';
import type { PostRequest, Reply } from './server.ts';
import { encodeAnswer, spoilAnswer } from './spoiled-answer.ts';

/** What the sends of one emulator need. */
export interface SendsOptions {
  readonly account: Account;
  readonly faults: ManagedFaults;
  readonly messages: MessageLog;
  readonly requests: RequestLog;
  readonly holds: Holds;
  readonly feed: Feed;
  /** The emulator's time in milliseconds since 1970. */
  readonly now: () => number;
}

/** What came of one request. */
type Outcome = Pick<ReceivedRequest, 'answer' | 'code' | 'why' | 'messageId'>;

/** Whether a request is for the one endpoint that sends. */
export function isSendPath(target: string): boolean {
  return target === SEND_PATH || target.startsWith(`${SEND_PATH}?`);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function describeBody(body: Buffer): Pick<ReceivedRequest, 'rawBody' | 'phone' | 'text' | 'purpose'> {
  const { phone, message, message_purpose: purpose } = parseObject(body) ?? {};
  return {
    rawBody: body,
    phone: typeof phone === 'string' ? normalizePhone(phone) : undefined,
    text: textOf(message),
    purpose: textOf(purpose),
  };
}

/**
 * Makes what answers POSTs: by the rules, unless a fault is in the way, and with a record of each.
 */
export function createSends({
  account,
  faults,
  messages,
  requests,
  holds,
  feed,
  now,
}: SendsOptions): (request: PostRequest) => Promise<Reply> {
  function accept(allowed: NonNullable<Verdict['allowed']>, requestId: string): Outcome {
    const message = messages.add(allowed, { requestId, at: new Date(now()) });
    account.count();
    feed.emit({ type: 'message', message });
    feed.emit({ type: 'state' });
    const { messageId, logId } = message;
    const answer = encodeAnswer(acceptSend(messageId, logId));
    return { answer, code: undefined, why: undefined, messageId };
  }

  function conclude(verdict: Verdict, requestId: string): Outcome {
    if (verdict.allowed !== undefined) return accept(verdict.allowed, requestId);
    const { error, message } = verdict.refusal.body;
    const answer = encodeAnswer(verdict.refusal);
    return { answer, code: textOf(error), why: textOf(message), messageId: undefined };
  }

  function spoil(fault: Fault, outcome: Outcome | undefined): Outcome {
    const spoiled = spoilAnswer(fault, outcome?.answer);
    return {
      answer: spoiled?.answer,
      code: spoiled?.code,
      why: `A fault was in the way: ${fault.type}.`,
      messageId: outcome?.messageId,
    };
  }

  return async function answerPost(request) {
    const startedAt = performance.now();
    const id = requests.nextId();
    const { path, headers, body, gone, ongoing } = request;
    const at = new Date(now());
    const { authorization, 'content-type': contentType } = headers;

    function judge(): Verdict {
      return isSendPath(path)
        ? judgeSend({ authorization, contentType, body }, account)
        : { refusal: refusePath() };
    }

    function record({ answer, code, why, messageId }: Outcome, fault: Fault | undefined): Reply {
      const { authorization: _, ...others } = toHeaderRecord(headers);
      const received: ReceivedRequest = {
        id,
        at,
        method: 'POST',
        path,
        headers: others,
        ...describeBody(body === 'too_large' ? Buffer.alloc(0) : body),
        answer,
        code,
        why,
        docsUrl: code === undefined ? undefined : `${DOCS_ERRORS}#${code}`,
        messageId,
        fault: fault?.type,
        durationMs: performance.now() - startedAt,
      };
      requests.add(received);
      feed.emit({ type: 'request', request: received });
      return answer ?? 'reset';
    }

    async function hold(delayMs: number | 'forever'): Promise<boolean> {
      ongoing.pause();
      const end = await holds.hold(delayMs, gone);
      ongoing.resume();
      return end === 'time';
    }

    const verdict = judge();
    const fault = isSendPath(path)
      ? faults.take('send', ({ when }) => when === 'before' || verdict.allowed !== undefined)
      : undefined;
    if (fault === undefined) return record(conclude(verdict, id), undefined);

    const accepted = fault.when === 'after' ? conclude(verdict, id) : undefined;
    if (fault.type === 'timeout') {
      const reply = record(spoil(fault, accepted), fault);
      await hold('forever');
      return reply;
    }
    if (fault.type !== 'delay') return record(spoil(fault, accepted), fault);
    const isTime = await hold(Number(fault.params.ms));
    if (!isTime) return record(spoil(fault, accepted), fault);
    // Judged when its time has come: what was allowed then may be no more, and the other way round.
    return record(accepted ?? conclude(judge(), id), fault);
  };
}
