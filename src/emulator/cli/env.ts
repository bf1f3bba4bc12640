import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { DEFAULT_PORT, developmentKeys, envLines } from './defaults.ts';
import { exitCodes } from './exit-codes.ts';

const OPTIONS = {
  url: { type: 'string' },
  secret: { type: 'string' },
  'api-key': { type: 'string' },
  instance: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** `env`: what an app needs in its `.env`, for a shell to redirect; so nothing is masked. */
export const envCommand: Command = async ({ args, env, createOutput }) => {
  const given = readArguments('env', args, OPTIONS, env);
  const output = createOutput(given.flag('json'));
  const values = {
    apiKey: given.text('api-key') ?? developmentKeys.apiKey,
    instanceId: given.text('instance') ?? developmentKeys.instance,
    secret: given.text('secret') ?? developmentKeys.secret,
    url: given.text('url') ?? `http://127.0.0.1:${DEFAULT_PORT}`,
  };
  const lines = envLines(values);
  output.record(Object.fromEntries(lines.map((line) => line.split('=', 2))));
  for (const line of lines) output.line(line);
  return exitCodes.ok;
};
