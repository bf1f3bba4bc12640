import { parseArgs } from 'node:util';

/** What the program was asked for. */
export interface FuzzArguments {
  readonly seed: number;
  /** For all campaigns together. */
  readonly minutes: number;
  readonly campaign: string | undefined;
  /** Repeats one counterexample of a campaign. */
  readonly path: string | undefined;
  /** Goes on until so many single attacks were made, however long that takes. */
  readonly tries: number | undefined;
}

const DEFAULT_MINUTES = 5;
const LARGEST_SEED: number = 2 ** 31 - 1;

function toNumber(name: string, text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (Number.isFinite(value)) return value;
  throw new Error(`--${name} is ${text}. Give a number.`);
}

/** @throws Error where the command line cannot be understood. */
export function readArguments(args: readonly string[], campaigns: readonly string[]): FuzzArguments {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { seed: text, minutes: text, campaign: text, path: text, tries: text },
  });
  const { campaign, path } = values;
  if (campaign !== undefined && !campaigns.includes(campaign)) {
    throw new Error(`--campaign is ${campaign}. Give one of ${campaigns.join(', ')}.`);
  }
  if (path !== undefined && campaign === undefined) throw new Error('--path needs --campaign and --seed.');
  return {
    seed: toNumber('seed', values.seed, Math.floor(Math.random() * LARGEST_SEED)) | 0,
    minutes: toNumber('minutes', values.minutes, DEFAULT_MINUTES),
    campaign,
    path,
    tries: values.tries === undefined ? undefined : toNumber('tries', values.tries, 0),
  };
}
