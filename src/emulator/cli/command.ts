import type { ExitCode } from './exit-codes.ts';
import type { Output } from './output.ts';

/** What a command is run with. */
export interface CommandContext {
  /** What stands behind the command's name. */
  readonly args: readonly string[];
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** Makes the output, once it is known who reads it. */
  readonly createOutput: (json: boolean) => Output;
  /** Aborted when the user wants to stop (Ctrl-C). */
  readonly stop: AbortSignal;
}

/** A command of the program. @throws CliError with what to tell the user. */
export type Command = (context: CommandContext) => Promise<ExitCode>;
