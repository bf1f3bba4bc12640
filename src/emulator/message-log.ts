import { checkOptionNames, integerOption } from '../options.ts';
import { EMULATOR_PREFIX, MAX_TIMER_MS } from '../protocol.ts';
import { createHistory } from './history.ts';
import { DEFAULT_WAIT_FOR_MESSAGE_MS, EMULATOR_HISTORY_BYTES } from './limits.ts';
import type { AcceptedMessage } from './model.ts';
import { requirePhone } from './phone-argument.ts';
import type { AllowedSend } from './rules.ts';

/** Which message to wait for; with nothing said, any. */
export interface WaitForMessageOptions {
  /** Sent to this phone, in any spelling. @default anybody */
  to?: string;
  /** With this text in it. @default any text */
  contains?: string;
  /** How long to wait, in milliseconds of real time. @default 2_000 */
  timeoutMs?: number;
}

/** The accepted messages, and who waits for more. */
export interface MessageLog {
  /** Those that are kept, oldest first, as of now. */
  all(): readonly AcceptedMessage[];
  /** Records one under the next log number. */
  add(send: AllowedSend, from: { readonly requestId: string; readonly at: Date }): AcceptedMessage;
  /** Resolves with the first that fits, also one from before; the error lists what arrived instead. */
  waitFor(options: Readonly<WaitForMessageOptions>, describeRefused: () => string): Promise<AcceptedMessage>;
  /** Forgets all of them, but not the number that comes next. */
  clear(): void;
  /** Ends every wait with an error. */
  close(): void;
}

interface Waiter {
  fits(message: AcceptedMessage): boolean;
  resolve(message: AcceptedMessage): void;
  reject(error: Error): void;
}

const OWNER = 'waitForMessage';
const OPTIONS = ['to', 'contains', 'timeoutMs'] as const satisfies (keyof WaitForMessageOptions)[];
const MOST_LISTED = 10;
const BYTES_PER_CHARACTER = 2;

function describe(messages: readonly AcceptedMessage[], count: number): string {
  if (count === 0) return 'No message was accepted.';
  const listed = messages.slice(-MOST_LISTED).map(({ phone, message }) => `  ${phone}: ${message}`);
  const heading = `${count} accepted${count > listed.length ? `, the last ${listed.length}` : ''}:`;
  return [heading, ...listed].join('\n');
}

/** Makes an empty log that keeps so many messages. */
export function createMessageLog(limit: number): MessageLog {
  const messages = createHistory<AcceptedMessage>({
    limit,
    maxBytes: EMULATOR_HISTORY_BYTES,
    sizeOf: ({ message }) => message.length * BYTES_PER_CHARACTER,
  });
  const waiters = new Set<Waiter>();
  const closed = (): Error => new Error(`${OWNER}: the emulator is closed.`);
  let isClosed = false;
  let lastLogId = 0;
  let forgottenLogId = 0;

  return {
    all: messages.all,
    add(send, { requestId, at }) {
      lastLogId += 1;
      const messageId = `${EMULATOR_PREFIX}msg_${lastLogId}`;
      const message = Object.freeze({ messageId, logId: lastLogId, requestId, ...send, at });
      messages.put(messageId, message);
      for (const waiter of [...waiters]) if (waiter.fits(message)) waiter.resolve(message);
      return message;
    },
    async waitFor(options, describeRefused) {
      checkOptionNames(OWNER, options, OPTIONS);
      const { contains = '' } = options;
      const to = options.to === undefined ? undefined : requirePhone(OWNER, 'to', options.to);
      const bounds = {
        min: 0,
        max: MAX_TIMER_MS,
        fallback: DEFAULT_WAIT_FOR_MESSAGE_MS,
        unit: 'milliseconds',
      };
      const timeoutMs = integerOption(OWNER, 'timeoutMs', options.timeoutMs, bounds);
      const fits = (message: AcceptedMessage): boolean =>
        (to === undefined || message.phone === to) && message.message.includes(contains);
      const earlier = messages.all().find(fits);
      if (earlier !== undefined) return earlier;
      if (isClosed) throw closed();
      return await new Promise<AcceptedMessage>((resolve, reject) => {
        const wanted = [to === undefined ? '' : ` to ${to}`, contains && ` with ${JSON.stringify(contains)}`];
        const timer = setTimeout(() => {
          const text = `No message${wanted.join('')} within ${timeoutMs} ms.`;
          const accepted = describe(messages.all(), lastLogId - forgottenLogId);
          waiter.reject(new Error([text, accepted, describeRefused()].filter(Boolean).join('\n')));
        }, timeoutMs).unref();
        const settle = (): void => {
          clearTimeout(timer);
          waiters.delete(waiter);
        };
        const waiter: Waiter = {
          fits,
          resolve(message) {
            settle();
            resolve(message);
          },
          reject(error) {
            settle();
            reject(error);
          },
        };
        waiters.add(waiter);
      });
    },
    clear() {
      messages.clear();
      forgottenLogId = lastLogId;
    },
    close() {
      isClosed = true;
      for (const waiter of [...waiters]) waiter.reject(closed());
    },
  };
}
