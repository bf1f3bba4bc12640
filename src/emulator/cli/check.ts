import { writeFile } from 'node:fs/promises';
import {
  type CheckReport,
  exitCodeOf,
  type RepliesGateway,
  renderJson,
  renderJunit,
  renderText,
  runCheck,
  startRepliesGateway,
} from '../check/index.ts';
import { type GivenArguments, readArguments, wholeNumber } from './arguments.ts';
import type { Command } from './command.ts';
import { DEFAULT_TARGET, developmentKeys } from './defaults.ts';
import { CliError, exitCodes } from './exit-codes.ts';

const OPTIONS = {
  to: { type: 'string' },
  secret: { type: 'string' },
  instance: { type: 'string' },
  'failing-from': { type: 'string' },
  'replies-port': { type: 'string' },
  'timeout-ms': { type: 'string' },
  'allow-remote': { type: 'boolean' },
  junit: { type: 'string' },
  json: { type: 'boolean' },
} as const;

async function startReplies(port: number, failingPhone: string | undefined): Promise<RepliesGateway> {
  try {
    return await startRepliesGateway({ port, ...(failingPhone !== undefined && { failingPhone }) });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) throw cause;
    throw new CliError(exitCodes.portTaken, `check: port ${port} is taken. Give another --replies-port.`, {
      cause,
    });
  }
}

async function run(given: GivenArguments): Promise<CheckReport> {
  const repliesPort = wholeNumber('check', 'replies-port', given.text('replies-port'));
  const timeoutMs = wholeNumber('check', 'timeout-ms', given.text('timeout-ms'));
  const failingFrom = given.text('failing-from');
  const instanceId = given.text('instance');
  const replies = repliesPort === undefined ? undefined : await startReplies(repliesPort, failingFrom);
  try {
    return await runCheck({
      url: given.text('to') ?? DEFAULT_TARGET,
      secret: given.text('secret') ?? developmentKeys.secret,
      allowRemote: given.flag('allow-remote'),
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(failingFrom !== undefined && { failingFrom }),
      ...(instanceId !== undefined && { instanceId }),
      ...(replies !== undefined && { countEffects: (phone: string) => replies.countEffects(phone) }),
    });
  } catch (error) {
    if (error instanceof TypeError) throw new CliError(exitCodes.usage, error.message);
    throw error;
  } finally {
    await replies?.close();
  }
}

/** `check`: tries any receiver, in any language, with good and bad deliveries. */
export const check: Command = async ({ args, env, createOutput }) => {
  const given = readArguments('check', args, OPTIONS, env);
  const output = createOutput(given.flag('json'));
  const report = await run(given);
  const junit = given.text('junit');
  if (junit !== undefined) await writeFile(junit, renderJunit(report));
  output.record(JSON.parse(renderJson(report)));
  output.line(renderText(report, { color: output.paint('red', '') !== '' }).trimEnd());
  return exitCodeOf(report);
};
