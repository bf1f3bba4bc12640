import { performance } from 'node:perf_hooks';
import { parseTimestamp } from '../webhook/timestamp.ts';
import type { Fault } from './fault.ts';
import type { DeliveryAttempt } from './model.ts';
import type { PostOutcome } from './post.ts';
import type { Wire } from './wire.ts';

/** An attempt that is under way, and what ends it. */
export interface StartedAttempt {
  /** The record, which is live. */
  readonly attempt: DeliveryAttempt;
  /** Puts what it came to into the record. */
  end(outcome: PostOutcome, hint: string | undefined): void;
}

/** What an attempt is begun with. */
export interface AttemptStart {
  readonly number: number;
  /** By the emulator's clock, in milliseconds since 1970. */
  readonly now: number;
  readonly url: string;
  readonly wire: Wire;
  /** All that is sent, so that copies can share it. */
  readonly rawBody: Buffer;
  readonly fault: Fault | undefined;
}

const SECOND_MS = 1_000;
const FIRST_OK = 200;
const LAST_OK = 299;

function ageOf(timestamp: string | undefined, now: number): number | undefined {
  const signedAt = timestamp === undefined ? undefined : parseTimestamp(timestamp);
  // Plus zero, because rounding towards zero knows a negative one.
  return signedAt === undefined ? undefined : Math.trunc((now - signedAt.getTime()) / SECOND_MS) + 0;
}

/** Begins the record of an attempt. */
export function startAttempt({ number, now, url, wire, rawBody, fault }: AttemptStart): StartedAttempt {
  const startedAt = performance.now();
  const { signedBody, timestamp, expected, sent } = wire;
  const record: { -readonly [Name in keyof DeliveryAttempt]: DeliveryAttempt[Name] } = {
    number,
    at: new Date(now),
    url,
    requestHeaders: { host: new URL(url).host, ...wire.headers },
    rawBody,
    signature: {
      timestampHeader: timestamp,
      get signedText() {
        return `${timestamp ?? ''}.${signedBody.toString('utf8')}`;
      },
      signedBody,
      expected,
      sent,
      ageSeconds: ageOf(timestamp, now),
    },
    status: undefined,
    headers: undefined,
    body: undefined,
    error: undefined,
    durationMs: undefined,
    fault: fault?.type,
    hint: undefined,
  };
  return {
    attempt: record,
    end(outcome, hint) {
      Object.assign(record, outcome, { hint, durationMs: performance.now() - startedAt });
    },
  };
}

/** Whether the app took it: any 2xx. Assumed; the vendor's example answers 200. */
export function isTaken({ status }: PostOutcome): boolean {
  return status !== undefined && status >= FIRST_OK && status <= LAST_OK;
}
