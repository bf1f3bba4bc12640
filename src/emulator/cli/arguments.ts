import { parseArgs } from 'node:util';
import { checkOptionNames } from '../../options.ts';
import { CliError, exitCodes } from './exit-codes.ts';

const VARIABLE_PREFIX = 'WHATSAPP_GATEWAY_EMULATOR_';
const UNKNOWN_OPTION = 'ERR_PARSE_ARGS_UNKNOWN_OPTION';
const OPTION_IN_MESSAGE = /'(?:-\w, )?--([^' ]+)/u;
const DASHES = /-/gu;
const YES = new Set(['1', 'true', 'yes']);
const NO = new Set(['', '0', 'false', 'no']);

/** What a command takes. Each option can also be given as an environment variable. */
export interface CommandOptions {
  readonly [name: string]: { readonly type: 'string' | 'boolean'; readonly multiple?: boolean };
}

/** What was given. */
export interface GivenArguments {
  /** An option's text, from the command line or else from its variable. */
  text(name: string): string | undefined;
  /** Every text of an option that may be repeated. */
  texts(name: string): readonly string[];
  /** Whether a switch is on. */
  flag(name: string): boolean;
  /** What stands without a dash. */
  readonly positionals: readonly string[];
}

/** The environment variable of an option: `WHATSAPP_GATEWAY_EMULATOR_API_KEY` for `--api-key`. */
export function variableOf(option: string): string {
  return VARIABLE_PREFIX + option.toUpperCase().replace(DASHES, '_');
}

function explain(command: string, error: unknown, names: readonly string[]): CliError {
  const message = error instanceof Error ? error.message : String(error);
  const isUnknown = error instanceof Error && 'code' in error && error.code === UNKNOWN_OPTION;
  const [, unknown] = OPTION_IN_MESSAGE.exec(message) ?? [];
  if (isUnknown && unknown !== undefined) {
    try {
      checkOptionNames(command, { [unknown]: true }, names);
    } catch (suggestion) {
      return new CliError(exitCodes.usage, suggestion instanceof Error ? suggestion.message : message);
    }
  }
  return new CliError(exitCodes.usage, `${command}: ${message}`);
}

function readSwitch(command: string, name: string, value: string | undefined): boolean {
  if (value === undefined || NO.has(value)) return false;
  if (YES.has(value)) return true;
  throw new CliError(
    exitCodes.usage,
    `${command}: ${variableOf(name)} is ${JSON.stringify(value)}. Set it to 1 or 0, or take it away.`,
  );
}

/**
 * Reads a command's arguments.
 *
 * @throws CliError naming what cannot be understood, and the nearest option that exists.
 */
export function readArguments(
  command: string,
  args: readonly string[],
  options: CommandOptions,
  env: Readonly<NodeJS.ProcessEnv>,
): GivenArguments {
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw explain(command, error, Object.keys(options));
  }
  const { values, positionals } = parsed;
  return {
    positionals,
    text(name) {
      const value = values[name];
      return typeof value === 'string' ? value : env[variableOf(name)];
    },
    texts(name) {
      const value = values[name];
      return Array.isArray(value) ? value.map(String) : [];
    },
    flag: (name) => values[name] === true || readSwitch(command, name, env[variableOf(name)]),
  };
}

/** @throws CliError for what is no whole number of at least 0. */
export function wholeNumber(command: string, option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new CliError(
    exitCodes.usage,
    `${command}: --${option} is ${JSON.stringify(text)}. Give a whole number.`,
  );
}
