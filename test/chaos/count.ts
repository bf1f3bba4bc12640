import type { Ledger, LedgerSend } from './ledger.ts';

/** The numbers that must be 0. */
export interface Faults {
  readonly messagesLost: number;
  readonly optOutsLost: number;
  readonly effectsRunTwice: number;
  readonly messagesSentTwice: number;
  readonly sentAfterOptOut: number;
  readonly sendsUnaccounted: number;
}

/** What became of the sends; together they are all of them, where every one is accounted for. */
export interface SendTotals {
  readonly sent: number;
  readonly refused: number;
  readonly unknown: number;
  /** Of the unknown ones, how many the gateway took. */
  readonly unknownTaken: number;
}

const REFUSED = 'recipient_suppressed';

function isSent({ status, taken }: LedgerSend): boolean {
  return status?.state === 'sent' && taken > 0;
}

/** By its recipient's opt-out: no other refusal can come in a run, so any other is a send that was just given up. */
function isRefused({ status, taken, mayBeRefused }: LedgerSend): boolean {
  return status?.state === 'failed' && status.code === REFUSED && mayBeRefused && taken === 0;
}

function isUnknown({ status }: LedgerSend): boolean {
  return status?.state === 'unknown';
}

function isAccounted(send: LedgerSend): boolean {
  return isSent(send) || isRefused(send) || isUnknown(send);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Counts what is wrong. @param late How many requests came for somebody whose opt-out had been answered. */
export function countFaults({ events, sends, extraUnread, unexpected }: Ledger, late: number): Faults {
  const lost = (wanted: 'message' | 'opt-out'): number =>
    events.filter(({ kind, answered, rows }) => kind === wanted && (!answered || rows === 0)).length;
  return {
    messagesLost: lost('message'),
    optOutsLost: lost('opt-out'),
    effectsRunTwice: extraUnread + sum(events.map(({ rows }) => Math.max(0, rows - 1))),
    messagesSentTwice: sum(sends.map(({ taken }) => Math.max(0, taken - 1))),
    sentAfterOptOut: late,
    sendsUnaccounted: unexpected + sends.filter((send) => !isAccounted(send)).length,
  };
}

export function countSends({ sends }: Ledger): SendTotals {
  const unknown = sends.filter(isUnknown);
  return {
    sent: sends.filter(isSent).length,
    refused: sends.filter(isRefused).length,
    unknown: unknown.length,
    unknownTaken: unknown.filter(({ taken }) => taken > 0).length,
  };
}

/** The sends that nobody can account for, with what their records say, for the one who looks into it. */
export function describeUnaccounted({ sends }: Ledger, limit: number): string[] {
  return sends
    .filter((send) => !isAccounted(send) || send.taken > 1)
    .slice(0, limit)
    .map(
      ({ id, status, taken }) =>
        `${id}: ${status?.state ?? 'no record'} ${status?.code ?? ''}, taken ${taken} times`,
    );
}
