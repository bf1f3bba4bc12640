import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Carriage, type Carried, carry } from '../../src/sender/carry.ts';
import { ConnectError } from '../../src/sender/connector.ts';
import { Deadline } from '../../src/sender/deadline.ts';
import type { SendDispatcher } from '../../src/sender/exchange.ts';
import { resolveSenderOptions, type SenderOptions } from '../../src/sender/options.ts';
import { requestCreator } from '../../src/sender/request.ts';
import { API_KEY, failureOf, MESSAGE, noNetwork, PHONE } from './support/sending.ts';

interface Carrying {
  readonly carried: Promise<Carried>;
  readonly deadline: Deadline;
  readonly trace: Carriage['trace'];
  readonly controller: AbortController;
}

/** Carries one message, with no sender around it. */
function carrying(options: SenderOptions, connect: Carriage['connect'] = async () => noNetwork): Carrying {
  const controller = new AbortController();
  const deadline = new Deadline(60_000, controller.signal);
  onTestFinished(() => deadline.dispose());
  const config = resolveSenderOptions({
    apiKey: API_KEY,
    instanceId: 'inst-1',
    ...options,
    retry: { minDelayMs: 0, maxDelayMs: 0, ...options.retry },
  });
  const trace: Carriage['trace'] = {};
  const message = { ...MESSAGE, givenPhone: PHONE };
  const createRequest = requestCreator(config);
  const call = { signal: controller.signal, timeoutMs: 60_000, instanceId: 'inst-1' };
  // Later, so that what it calls can already use what is answered here.
  const carried = Promise.resolve().then(() =>
    carry({ config, message, call, deadline, trace, createRequest, connect }),
  );
  return { carried, deadline, trace, controller };
}

/** Answers each request with the next of the statuses. */
function answering(...statuses: number[]): SendDispatcher {
  return {
    dispatch: (_, handler) => {
      handler.onConnect?.(() => undefined);
      handler.onHeaders?.(statuses.shift() ?? 200, [], () => undefined, '');
      handler.onData?.(Buffer.from('{"success":true,"message_id":"msg-1"}'));
      handler.onComplete?.(null);
      return true;
    },
  };
}

describe('a message', () => {
  test('is carried by a dispatcher that is ready', async () => {
    const { carried, trace } = carrying({}, () => answering(201));
    expect(await carried).toEqual({ status: 'sent', messageId: 'msg-1', logId: null, attempts: 1 });
    expect(trace).toEqual({ status: 201 });
  });

  test('is carried by one that is made ready first', async () => {
    const { carried } = carrying({}, async () => answering());
    expect(await carried).toMatchObject({ messageId: 'msg-1', attempts: 1 });
  });

  test('is tried again where the connections cannot be made ready, and no longer than allowed', async () => {
    const connect = vi.fn(async () => {
      throw new Error(`not installed, says ${API_KEY}`);
    });
    const error = await failureOf(carrying({ retry: { unsent: 1 } }, connect).carried);
    expect(error).toMatchObject({ code: 'connection_failed', outcome: 'not_sent', attempts: 2 });
    expect(error.cause).toMatchObject({ message: 'not installed, says [API key]' });
    expect(connect).toHaveBeenCalledTimes(2);
  });

  test('that could not be sent names what the connection failed of, out of its wrapper', async () => {
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    const dispatcher: SendDispatcher = {
      dispatch: (_, handler) => {
        handler.onError?.(new ConnectError(cause));
        return true;
      },
    };
    const error = await failureOf(carrying({ retry: { unsent: 0 } }, () => dispatcher).carried);
    expect(error.cause).toMatchObject({ name: 'Error', message: 'refused', code: 'ECONNREFUSED' });
  });
});

describe('a send that has to end', () => {
  test('while its connections are made ready ends at once, and is not sent', async () => {
    const { carried, deadline } = carrying({}, () => {
      deadline.end('timeout');
      return new Promise(() => undefined);
    });
    expect(await failureOf(carried)).toMatchObject({ code: 'timeout', outcome: 'not_sent', attempts: 1 });
  });

  test.each([false, true])('amid a suppression check that answers %s is not tried', async (suppressed) => {
    const reason = new Error('the user left');
    const { carried, controller } = carrying({
      dispatcher: noNetwork,
      isSuppressed: () => {
        controller.abort(reason);
        return suppressed;
      },
    });
    const error = await failureOf(carried);
    if (suppressed) expect(error).toMatchObject({ code: 'recipient_suppressed', attempts: 0 });
    else expect(error).toMatchObject({ code: 'aborted', outcome: 'not_sent', attempts: 0, cause: reason });
  });

  test('waits no longer for the suppression check, whatever comes of it', async () => {
    const { carried, controller, deadline } = carrying({
      dispatcher: noNetwork,
      isSuppressed: () => new Promise(() => controller.abort()),
    });
    expect(await failureOf(carried)).toMatchObject({ code: 'aborted', attempts: 0 });
    expect(deadline.waiting).toBeUndefined();
  });

  test('for want of time has what went wrong before for a cause', async () => {
    const { carried, deadline } = carrying(
      { retry: { unsent: 9, minDelayMs: 2_000_000_000, maxDelayMs: 2_000_000_000 } },
      () => {
        setTimeout(() => deadline.end('timeout'), 1);
        return Promise.reject(new Error('not installed'));
      },
    );
    expect(await failureOf(carried)).toMatchObject({
      code: 'timeout',
      attempts: 1,
      cause: expect.objectContaining({ message: 'not installed' }),
    });
  });
});

describe('a suppression check', () => {
  test('that throws nothing at all has failed all the same', async () => {
    const isSuppressed = (): boolean => {
      throw undefined;
    };
    const error = await failureOf(carrying({ dispatcher: noNetwork, isSuppressed }).carried);
    expect(error).toMatchObject({ code: 'suppression_check_failed', outcome: 'not_sent', attempts: 0 });
    expect(error.cause).toMatchObject({ message: 'It threw no error.' });
  });
});
