import { types } from 'node:util';
import { MIN_MASKED_CHARACTERS } from '../protocol.ts';

const DEEPEST_CAUSE = 4;

/** Takes everything secret or personal out of a text. */
export type Mask = (text: string) => string;

/** What must not show in an error of one send. */
export interface Sensitive {
  readonly apiKey: string;
  readonly proxyCredentials?: readonly string[] | undefined;
  readonly phones?: readonly string[] | undefined;
  readonly message?: string | undefined;
}

/**
 * Makes the mask of one send. A word too short to be told apart from ordinary text is left: masking a key `a`
 * would leave no error readable, and it is no secret.
 */
export function createMask({ apiKey, proxyCredentials = [], phones = [], message }: Sensitive): Mask {
  const replacements: [word: string, replacement: string][] = [];
  const add = (word: string, replacement: string): void => {
    if (word.length >= MIN_MASKED_CHARACTERS) replacements.push([word, replacement]);
  };
  add(apiKey, '[API key]');
  for (const credential of proxyCredentials) add(credential, '[proxy credentials]');
  // The text comes before the phone numbers: one inside it would otherwise make it unrecognisable.
  if (message !== undefined) {
    add(message, '[message]');
    add(message.trim(), '[message]');
  }
  for (const phone of phones) {
    add(phone, '[phone]');
    add(phone.replace('+', ''), '[phone]');
  }
  return (text) =>
    replacements.reduce((masked, [word, replacement]) => masked.replaceAll(word, replacement), text);
}

function read(source: object, property: string): unknown {
  try {
    return Reflect.get(source, property);
  } catch {
    return undefined;
  }
}

/**
 * A copy of an error that is fit to be a `cause`: name, message, code, stack, its own causes, all masked, and
 * nothing else. Errors of HTTP libraries carry requests with their headers, answers with their bodies, and sockets;
 * errors of databases carry the values that were asked for.
 */
export function maskError(error: unknown, mask: Mask, depth: number = DEEPEST_CAUSE): unknown {
  if (typeof error === 'string') return mask(error);
  if (typeof error !== 'object' || error === null) return typeof error === 'function' ? undefined : error;
  // Errors of another realm (Jest runs every test file in one) are no instances of our Error.
  if (!(error instanceof Error) && !types.isNativeError(error)) return undefined;

  const text = (property: string): string | undefined => {
    const value = read(error, property);
    return typeof value === 'string' ? mask(value) : undefined;
  };
  const copy = new Error(text('message') ?? '');
  const define = (property: string, value: unknown): void => {
    if (value === undefined) return;
    Object.defineProperty(copy, property, { value, configurable: true, writable: true });
  };
  define('name', text('name'));
  define('stack', text('stack') ?? `${copy.name}: ${copy.message}`);
  const code = read(error, 'code');
  if (typeof code === 'string' || typeof code === 'number') {
    Object.assign(copy, { code: typeof code === 'string' ? mask(code) : code });
  }
  if (depth > 0) {
    define('cause', maskError(read(error, 'cause'), mask, depth - 1));
    const errors = read(error, 'errors');
    // A connection that tried several addresses fails with an AggregateError that says nothing by itself.
    if (Array.isArray(errors)) {
      define(
        'errors',
        errors.map((inner) => maskError(inner, mask, depth - 1)),
      );
    }
  }
  return copy;
}
