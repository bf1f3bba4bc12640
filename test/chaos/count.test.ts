import { describe, expect, test } from 'vitest';
import { countFaults, countSends, describeUnaccounted } from './count.ts';
import type { Ledger, LedgerSend } from './ledger.ts';

const NO_FAULTS = {
  messagesLost: 0,
  optOutsLost: 0,
  effectsRunTwice: 0,
  messagesSentTwice: 0,
  sentAfterOptOut: 0,
  sendsUnaccounted: 0,
};

function send(id: string, status: Partial<LedgerSend['status']>, more: Partial<LedgerSend> = {}): LedgerSend {
  return { id, status: { id, state: 'sent', ...status }, taken: 0, mayBeRefused: false, ...more };
}

const sent = send('reply-1', { state: 'sent' }, { taken: 1 });
const refused = send('order-1', { state: 'failed', code: 'recipient_suppressed' }, { mayBeRefused: true });
const unknown = send('reply-2', { state: 'unknown', code: 'worker_lost' }, { taken: 1 });
const message = { id: 'event-1', kind: 'message', answered: true, rows: 1 } as const;
const optOut = { id: 'event-2', kind: 'opt-out', answered: true, rows: 1 } as const;

const good: Ledger = {
  events: [message, optOut],
  sends: [sent, refused, unknown, { ...unknown, id: 'reply-3', taken: 0 }],
  extraUnread: 0,
  unexpected: 0,
};

describe('the count', () => {
  test('finds nothing where nothing is wrong', () => {
    expect(countFaults(good, 0)).toEqual(NO_FAULTS);
    expect(countSends(good)).toEqual({ sent: 1, refused: 1, unknown: 2, unknownTaken: 1 });
    expect(describeUnaccounted(good, 10)).toEqual([]);
  });

  test.each<[string, Partial<Ledger>, Partial<typeof NO_FAULTS>]>([
    [
      'a message that was answered and is not there',
      { events: [{ ...message, rows: 0 }] },
      { messagesLost: 1 },
    ],
    ['a message that was never answered', { events: [{ ...message, answered: false }] }, { messagesLost: 1 }],
    ['an opt-out that is not there', { events: [{ ...optOut, rows: 0 }] }, { optOutsLost: 1 }],
    ['an opt-out that was written twice', { events: [{ ...optOut, rows: 2 }] }, { effectsRunTwice: 1 }],
    ['a counter that counted twice', { extraUnread: 3 }, { effectsRunTwice: 3 }],
    ['a message that was sent twice', { sends: [{ ...sent, taken: 2 }] }, { messagesSentTwice: 1 }],
    ['an unknown one that was sent twice', { sends: [{ ...unknown, taken: 3 }] }, { messagesSentTwice: 2 }],
    ['one with no record', { sends: [{ ...sent, status: undefined }] }, { sendsUnaccounted: 1 }],
    ['one that still waits', { sends: [send('reply-1', { state: 'waiting' })] }, { sendsUnaccounted: 1 }],
    [
      'one called sent that the gateway never took',
      { sends: [{ ...sent, taken: 0 }] },
      { sendsUnaccounted: 1 },
    ],
    [
      'one called refused that the gateway took',
      { sends: [{ ...refused, taken: 1 }] },
      { sendsUnaccounted: 1 },
    ],
    [
      'one that was refused although nobody opted out',
      { sends: [{ ...refused, mayBeRefused: false }] },
      { sendsUnaccounted: 1 },
    ],
    [
      'one that was given up although nobody refused it',
      { sends: [send('reply-1', { state: 'failed', code: 'stalled' }, { mayBeRefused: true })] },
      { sendsUnaccounted: 1 },
    ],
    ['a message that nobody had to send', { unexpected: 1 }, { sendsUnaccounted: 1 }],
  ])('finds %s', (_name, ledger, faults) => {
    expect(countFaults({ ...good, ...ledger }, 0)).toEqual({ ...NO_FAULTS, ...faults });
  });

  test('finds a request after an answered opt-out', () => {
    expect(countFaults(good, 1)).toEqual({ ...NO_FAULTS, sentAfterOptOut: 1 });
  });
});
