import { setTimeout as pause } from 'node:timers/promises';
import type { HealthJson } from '../control/json-types.ts';
import { readArguments, wholeNumber } from './arguments.ts';
import { createControlClient } from './client.ts';
import type { Command } from './command.ts';
import { CliError, exitCodes } from './exit-codes.ts';

const OPTIONS = {
  url: { type: 'string' },
  wait: { type: 'boolean' },
  seconds: { type: 'string' },
  json: { type: 'boolean' },
} as const;
const DEFAULT_SECONDS = 30;
const POLL_MS = 100;

/** `ready`: whether an emulator answers; with `--wait`, as soon as one does. */
export const ready: Command = async ({ args, env, createOutput, stop }) => {
  const given = readArguments('ready', args, OPTIONS, env);
  const output = createOutput(given.flag('json'));
  const client = createControlClient(given.text('url'));
  const seconds = wholeNumber('ready', 'seconds', given.text('seconds')) ?? DEFAULT_SECONDS;
  const until = performance.now() + (given.flag('wait') ? seconds * 1_000 : 0);
  for (;;) {
    try {
      const health = await client.call<HealthJson>('GET', '/health');
      output.record({ type: 'ready', url: client.url, ...health });
      output.line(`An emulator answers at ${client.url}.`);
      return exitCodes.ok;
    } catch (error) {
      const mayCome = error instanceof CliError && error.exitCode === exitCodes.unreachable;
      if (!mayCome || performance.now() >= until || stop.aborted) throw error;
    }
    await pause(POLL_MS);
  }
};
