import { checkOptionNames, functionOption, integerOption, invalidOption } from '../../options.ts';
import { normalizePhone } from '../../phone.ts';
import { MAX_TIMER_MS } from '../../protocol.ts';
import { isLoopback } from '../loopback.ts';
import { CHECK_FAILING_PHONE, CHECK_SLOW_BODY_MS, DEFAULT_CHECK_TIMEOUT_MS } from './limits.ts';

/** Counts what the app has done for a customer: replies sent, rows written, whatever grows by each handling. */
export type CountEffects = (phone: string) => number | Promise<number>;

/** What `runCheck` takes. */
export interface CheckOptions {
  /** The webhook's whole address. */
  url: string;
  /** The secret that the receiver is built with. */
  secret: string;
  /** What events name as their instance, for a receiver that knows only its own. @default 'emu_instance' */
  instanceId?: string;
  /** Lets the address be that of another machine, which then gets forged but rightly signed events. @default false */
  allowRemote?: boolean;
  /** How long each delivery may wait for its answer, in milliseconds. @default 10_000 */
  timeoutMs?: number;
  /**
   * A customer for whom the app's handler is sure to fail. Then a 200 for a message from there is a failure of the
   * probe; without it, a message from {@link CHECK_FAILING_PHONE} is tried and a 200 proves nothing.
   */
  failingFrom?: string;
  /** Makes «handled twice» visible, which no answer shows. @default none, and those probes are skipped */
  countEffects?: CountEffects;
}

/** {@link CheckOptions}, checked and complete. */
export interface CheckConfig {
  readonly url: URL;
  readonly secret: string;
  readonly instanceId: string;
  readonly timeoutMs: number;
  readonly failingPhone: string;
  /** Whether somebody vouches for the handler's failure. */
  readonly failureExpected: boolean;
  readonly countEffects: CountEffects | undefined;
}

const OWNER = 'runCheck';
const OPTIONS = [
  'url',
  'secret',
  'instanceId',
  'allowRemote',
  'timeoutMs',
  'failingFrom',
  'countEffects',
] as const satisfies (keyof CheckOptions)[];
const DEFAULT_INSTANCE_ID = 'emu_instance';

function resolveUrl(value: unknown, allowRemote: boolean): URL {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    const advice = 'Give the whole address, such as http://127.0.0.1:3000/webhooks/whatsapp-gateway.';
    throw invalidOption(OWNER, 'url', value, advice);
  }
  if (!allowRemote && !isLoopback(url.hostname)) {
    const advice = 'Give a loopback address: check forges signed deliveries. Else allow it with allowRemote.';
    throw invalidOption(OWNER, 'url', url.host, advice);
  }
  return url;
}

function resolveSecret(value: unknown): string {
  if (typeof value === 'string' && value !== '' && value.trim() === value) return value;
  const shown = typeof value === 'string' ? '[not shown]' : typeof value;
  const advice = 'Give the secret that the receiver is built with: not empty, no white space round it.';
  throw invalidOption(OWNER, 'secret', shown, advice);
}

function resolveInstanceId(value: unknown): string {
  if (value === undefined) return DEFAULT_INSTANCE_ID;
  if (typeof value === 'string' && value !== '') return value;
  throw invalidOption(OWNER, 'instanceId', value, 'Give a text that is not empty, or leave it out.');
}

function resolveFailingPhone(value: unknown): string {
  if (value === undefined) return CHECK_FAILING_PHONE;
  const phone = typeof value === 'string' ? normalizePhone(value) : undefined;
  if (phone !== undefined) return phone;
  throw invalidOption(OWNER, 'failingFrom', value, 'Give an international phone number, or leave it out.');
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws TypeError when an option is unknown or cannot be used.
 */
export function resolveCheckOptions(options: Readonly<CheckOptions>): CheckConfig {
  checkOptionNames(OWNER, options, OPTIONS);
  const { allowRemote = false, timeoutMs, failingFrom, countEffects } = options;
  if (typeof allowRemote !== 'boolean') {
    throw invalidOption(OWNER, 'allowRemote', allowRemote, 'Give true or false.');
  }
  return {
    url: resolveUrl(options.url, allowRemote),
    secret: resolveSecret(options.secret),
    instanceId: resolveInstanceId(options.instanceId),
    timeoutMs: integerOption(OWNER, 'timeoutMs', timeoutMs, {
      min: 1,
      max: MAX_TIMER_MS - CHECK_SLOW_BODY_MS,
      fallback: DEFAULT_CHECK_TIMEOUT_MS,
      unit: 'milliseconds',
    }),
    failingPhone: resolveFailingPhone(failingFrom),
    failureExpected: failingFrom !== undefined,
    countEffects: functionOption(OWNER, 'countEffects', countEffects),
  };
}
