import { checkOptionNames, integerOption } from '../options.ts';
import { MAX_TIMER_MS } from '../protocol.ts';
import { requirePhone } from './phone-argument.ts';
import type { AllowedSend } from './rules.ts';

/** A message that the gateway accepted. */
export interface AcceptedMessage extends AllowedSend {
  /** The id in the gateway's answer. */
  readonly messageId: string;
  /** The log number in the gateway's answer, counted from 1. */
  readonly logId: number;
  /** When it was accepted. */
  readonly at: Date;
}

/** Which message to wait for; with nothing said, any. */
export interface WaitForMessageOptions {
  /** Sent to this phone, in any spelling. */
  to?: string;
  /** With this text in it. */
  contains?: string;
  /** How long to wait, in milliseconds. @default 2000 */
  timeoutMs?: number;
}

/** The accepted messages, and who waits for more. */
export interface MessageLog {
  /** All of them, oldest first, as of now. */
  all(): readonly AcceptedMessage[];
  /** Records one under the next log number. */
  add(send: AllowedSend): AcceptedMessage;
  /** Resolves with the first that fits, also one from before; the error lists what arrived instead. */
  waitFor(options: Readonly<WaitForMessageOptions>, describeRefused: () => string): Promise<AcceptedMessage>;
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
/** Below the five seconds that test runners commonly give a test, so that our error is the one that shows. */
const DEFAULT_WAIT_MS = 2_000;
const MOST_LISTED = 10;

function describe(messages: readonly AcceptedMessage[]): string {
  if (messages.length === 0) return 'No message was accepted.';
  const listed = messages.slice(-MOST_LISTED).map(({ phone, message }) => `  ${phone}: ${message}`);
  const heading = `${messages.length} accepted${messages.length > MOST_LISTED ? `, the last ${MOST_LISTED}` : ''}:`;
  return [heading, ...listed].join('\n');
}

/** Makes an empty log. */
export function createMessageLog(): MessageLog {
  const messages: AcceptedMessage[] = [];
  const waiters = new Set<Waiter>();
  const closed = (): Error => new Error(`${OWNER}: the emulator is closed.`);
  let isClosed = false;

  return {
    all: () => [...messages],
    add(send) {
      const logId = messages.length + 1;
      const message = Object.freeze({ messageId: `emu_msg_${logId}`, logId, ...send, at: new Date() });
      messages.push(message);
      for (const waiter of [...waiters]) if (waiter.fits(message)) waiter.resolve(message);
      return message;
    },
    async waitFor(options, describeRefused) {
      checkOptionNames(OWNER, options, OPTIONS);
      const { contains = '' } = options;
      const to = options.to === undefined ? undefined : requirePhone(OWNER, 'to', options.to);
      const bounds = { min: 0, max: MAX_TIMER_MS, fallback: DEFAULT_WAIT_MS, unit: 'milliseconds' };
      const timeoutMs = integerOption(OWNER, 'timeoutMs', options.timeoutMs, bounds);
      const fits = (message: AcceptedMessage): boolean =>
        (to === undefined || message.phone === to) && message.message.includes(contains);
      const earlier = messages.find(fits);
      if (earlier !== undefined) return earlier;
      if (isClosed) throw closed();
      return await new Promise<AcceptedMessage>((resolve, reject) => {
        const wanted = [to === undefined ? '' : ` to ${to}`, contains && ` with ${JSON.stringify(contains)}`];
        const timer = setTimeout(() => {
          const text = `No message${wanted.join('')} within ${timeoutMs} ms.`;
          waiter.reject(new Error([text, describe(messages), describeRefused()].filter(Boolean).join('\n')));
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
    close() {
      isClosed = true;
      for (const waiter of [...waiters]) waiter.reject(closed());
    },
  };
}
