import { describe, expect, test } from 'vitest';
import type { SendError } from '../../src/sender/errors.ts';
import {
  connectionFailed,
  senderClosed,
  stopped,
  suppressed,
  suppressionCheckFailed,
} from '../../src/sender/failures.ts';
import { createMask } from '../../src/sender/mask.ts';

const cause = new Error('why');
const mask = createMask({ apiKey: 'wg_live_0123456789abcdef' });
const left = { attempts: 1, written: false, mask };
const written = { attempts: 2, written: true, mask };

const BLINDLY = 'may have been sent: do not send it again blindly, look in the dashboard first';
const SAFE = 'not sent: safe to send again';

describe('a send that fails without an answer', () => {
  test.each<[string, SendError, object]>([
    [
      'no connection',
      connectionFailed(cause, left),
      {
        name: 'SendConnectionError',
        code: 'connection_failed',
        outcome: 'not_sent',
        retryable: true,
        attempts: 1,
        message: `The gateway cannot be reached. [${SAFE}]`,
      },
    ],
    [
      'a connection that broke',
      connectionFailed(cause, written),
      {
        name: 'SendConnectionError',
        code: 'connection_failed',
        outcome: 'unknown',
        retryable: false,
        attempts: 2,
        message: `The connection broke before the gateway answered. [${BLINDLY}]`,
      },
    ],
    [
      'a time-out before the write',
      stopped('timeout', 500, left, cause),
      {
        name: 'SendTimeoutError',
        code: 'timeout',
        outcome: 'not_sent',
        retryable: true,
        attempts: 1,
        cause,
        message: `The send took longer than 500 ms. [${SAFE}]`,
      },
    ],
    [
      'a time-out after the write',
      stopped('timeout', 500, written, cause),
      {
        name: 'SendTimeoutError',
        code: 'timeout',
        outcome: 'unknown',
        retryable: false,
        attempts: 2,
        cause,
        message: `The send took longer than 500 ms. [${BLINDLY}]`,
      },
    ],
    [
      'an abort before the write',
      stopped('aborted', 500, left, cause),
      {
        name: 'SendAbortedError',
        code: 'aborted',
        outcome: 'not_sent',
        retryable: false,
        attempts: 1,
        cause,
        message: 'The send was aborted. [not sent]',
      },
    ],
    [
      'an abort after the write',
      stopped('aborted', 500, written, cause),
      {
        name: 'SendAbortedError',
        code: 'aborted',
        outcome: 'unknown',
        retryable: false,
        attempts: 2,
        message: `The send was aborted. [${BLINDLY}]`,
      },
    ],
    [
      'closing before the write',
      stopped('closed', 500, left, undefined),
      {
        name: 'SendAbortedError',
        code: 'sender_closed',
        outcome: 'not_sent',
        retryable: false,
        attempts: 1,
        message: 'The sender was closed. [not sent]',
      },
    ],
    [
      'closing after the write',
      stopped('closed', 500, written, undefined),
      {
        name: 'SendAbortedError',
        code: 'sender_closed',
        outcome: 'unknown',
        retryable: false,
        attempts: 2,
        message: `The sender was closed. [${BLINDLY}]`,
      },
    ],
    [
      'a sender that is closed',
      senderClosed(),
      {
        name: 'SendAbortedError',
        code: 'sender_closed',
        outcome: 'not_sent',
        retryable: false,
        attempts: 0,
        message: 'The sender is closed. [not sent: send with a new one]',
      },
    ],
    [
      'a suppressed recipient',
      suppressed(3),
      {
        name: 'SendSuppressedError',
        code: 'recipient_suppressed',
        outcome: 'not_sent',
        retryable: false,
        attempts: 3,
        message:
          'isSuppressed says that this recipient must not be written to. [not sent: do not send to them]',
      },
    ],
    [
      'a suppression check that failed',
      suppressionCheckFailed(1, cause),
      {
        name: 'SendError',
        code: 'suppression_check_failed',
        outcome: 'not_sent',
        retryable: true,
        attempts: 1,
        cause,
        message: 'isSuppressed failed; its error is the cause. [not sent: safe to send again once it works]',
      },
    ],
    [
      'a suppression check that answered neither yes nor no',
      suppressionCheckFailed(1),
      {
        name: 'SendError',
        code: 'suppression_check_failed',
        outcome: 'not_sent',
        retryable: true,
        attempts: 1,
        message:
          'isSuppressed must answer true or false, and answered undefined (is there a return?). ' +
          '[not sent: safe to send again once it works]',
      },
    ],
  ])('for %s says so, and what to do', (_, error, expected) => {
    expect(error).toMatchObject(expected);
  });

  test('for a connection has a masked copy of its error for a cause', () => {
    const error = connectionFailed(new Error('Bearer wg_live_0123456789abcdef was refused'), left);
    expect(error.cause).toMatchObject({ message: 'Bearer [API key] was refused' });
  });
});
