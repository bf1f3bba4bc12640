import { DEFAULT_TOLERANCE_SECONDS } from '../protocol.ts';

const SECOND_MS = 1_000;
const MINUTE_MS: number = 60 * SECOND_MS;
const MIB: number = 1_024 * 1_024;

/** The page on which every code has a heading of its own name, relative to this package. Our own. */
export const DOCS_ERRORS = 'docs/errors.md';
/** Where the emulator answers what the gateway itself does not have. Our own. */
export const EMULATOR_PATH = '/__emulator';

/** How many bytes of a send the emulator keeps: the longest message with all of it escaped fits. Assumed. */
export const EMULATOR_BODY_LIMIT_BYTES: number = MIB;
/** How long the emulator waits for the app to answer a delivery. Assumed. */
export const EMULATOR_ATTEMPT_TIMEOUT_MS: number = 30 * SECOND_MS;
/** How long the emulator waits before each further try to deliver; the last one is repeated. Assumed. */
export const EMULATOR_RETRY_DELAYS_MS: readonly number[] = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
];
/** How often the emulator tries to deliver at the most. Assumed. */
export const EMULATOR_ATTEMPTS = 5;
/** The most tries the emulator may be told to make. */
export const MAX_EMULATOR_ATTEMPTS = 100;
/** How often the emulator looks whether the app has come up where nothing listened. */
export const EMULATOR_KNOCK_MS: number = SECOND_MS;
/** How many deliveries the emulator makes at the same moment; further ones wait their turn. */
export const EMULATOR_CONCURRENT_DELIVERIES = 64;
/** How many records of each kind the emulator keeps. */
export const DEFAULT_HISTORY_LIMIT = 1_000;
/** The most records of each kind the emulator may be told to keep. */
export const MAX_HISTORY_LIMIT = 1_000_000;
/** How many bytes the records of one kind may hold together before the oldest go. */
export const EMULATOR_HISTORY_BYTES: number = 64 * MIB;
/** How long `waitForMessage` waits: below the five seconds test runners give, so that its own error is seen. */
export const DEFAULT_WAIT_FOR_MESSAGE_MS: number = 2 * SECOND_MS;
/** How far a stale or future timestamp is off: twice the default tolerance. */
export const DEFAULT_TIMESTAMP_FAULT_SECONDS: number = 2 * DEFAULT_TOLERANCE_SECONDS;
