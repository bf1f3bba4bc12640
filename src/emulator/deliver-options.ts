import { checkOptionNames, invalidOption } from '../options.ts';
import type { BodyStyle } from './encode-body.ts';
import { resolveBodyStyle } from './options.ts';
import { type RetryOptions, resolveRetries } from './retries.ts';
import type { SignatureTampering } from './tamper.ts';

/** How one delivery differs from an ordinary one. */
export interface DeliverOptions {
  /**
   * When it was signed: a `Date`, milliseconds since 1970, or the literal text of the header.
   *
   * @default now, by the emulator's clock
   */
  timestamp?: Date | number | string;
  /** What to do to the signature, so that a test can see it refused. @default nothing */
  signature?: SignatureTampering;
  /** How an event object is written; bytes and strings go as they are. @default the emulator's `bodyStyle` */
  bodyStyle?: BodyStyle;
  /**
   * How a failed attempt is tried again.
   *
   * @default the emulator's `retries`; `false` where a `timestamp` or a `signature` is given, which are probes
   */
  retries?: Readonly<RetryOptions> | false;
  /**
   * Whether to resolve only once the first attempt has ended, rather than at once.
   *
   * @default true
   */
  wait?: boolean;
}

/** {@link DeliverOptions}, checked. */
export interface DeliverConfig {
  readonly timestamp: Date | number | string | undefined;
  readonly signature: SignatureTampering | undefined;
  readonly bodyStyle: BodyStyle | undefined;
  readonly retryDelaysMs: readonly number[];
  readonly wait: boolean;
}

const OWNER = 'deliver';
const OPTIONS = [
  'timestamp',
  'signature',
  'bodyStyle',
  'retries',
  'wait',
] as const satisfies (keyof DeliverOptions)[];
const TAMPERINGS: readonly unknown[] = ['wrong', 'truncated', 'missing'];

/** @throws TypeError when an option is unknown or cannot be used. */
export function resolveDeliverOptions(
  options: Readonly<DeliverOptions>,
  retryDelaysMs: readonly number[],
): DeliverConfig {
  checkOptionNames(OWNER, options, OPTIONS);
  const { timestamp, signature, bodyStyle, retries, wait = true } = options;
  if (signature !== undefined && typeof signature !== 'function' && !TAMPERINGS.includes(signature)) {
    throw invalidOption(OWNER, 'signature', signature, 'Give wrong, truncated, missing or a function.');
  }
  if (typeof wait !== 'boolean') throw invalidOption(OWNER, 'wait', wait, 'Give true or false.');
  const isProbe = timestamp !== undefined || signature !== undefined;
  return {
    timestamp,
    signature,
    bodyStyle: bodyStyle === undefined ? undefined : resolveBodyStyle(OWNER, bodyStyle, bodyStyle),
    retryDelaysMs:
      retries === undefined && !isProbe ? retryDelaysMs : resolveRetries(OWNER, retries ?? false),
    wait,
  };
}
