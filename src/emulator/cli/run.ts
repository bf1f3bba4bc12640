import { packageVersion } from '../control/package-version.ts';
import { check } from './check.ts';
import type { Command } from './command.ts';
import { envCommand } from './env.ts';
import { CliError, type ExitCode, exitCodes } from './exit-codes.ts';
import { fault } from './fault.ts';
import { help } from './help.ts';
import { createOutput, type Streams } from './output.ts';
import { ready } from './ready.ts';
import { optOut, say } from './say.ts';
import { startCommand } from './start.ts';

const commands = new Map<string, Command>([
  ['start', startCommand],
  ['say', say],
  ['opt-out', optOut],
  ['fault', fault],
  ['env', envCommand],
  ['ready', ready],
  ['check', check],
]);

/** What the program is run with. */
export interface Surroundings extends Streams {
  readonly args: readonly string[];
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** Aborted when the user wants to stop. */
  readonly stop: AbortSignal;
}

/** Runs the program. @returns what to end the process with; never rejects for what a user can do wrong. */
export async function run({ args, env, stop, ...streams }: Surroundings): Promise<ExitCode> {
  const [first = 'start', ...rest] = args;
  if (args.includes('--help') || args.includes('-h') || first === 'help') {
    streams.stdout.write(help);
    return exitCodes.ok;
  }
  if (args.includes('--version')) {
    streams.stdout.write(`${packageVersion}\n`);
    return exitCodes.ok;
  }
  const isCommand = !first.startsWith('-');
  const command = isCommand ? commands.get(first) : startCommand;
  try {
    if (command === undefined) {
      const names = [...commands.keys()].join(', ');
      throw new CliError(
        exitCodes.usage,
        `There is no command ${JSON.stringify(first)}. There are ${names}; see --help.`,
      );
    }
    return await command({
      args: isCommand && args.length > 0 ? rest : args,
      env,
      stop,
      createOutput: (json) => createOutput(streams, json, env),
    });
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    streams.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
}
