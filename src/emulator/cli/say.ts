import { setTimeout as pause } from 'node:timers/promises';
import type { DeliveryJson, StartedDeliveryJson } from '../control/json-types.ts';
import { type GivenArguments, readArguments } from './arguments.ts';
import { type ControlClient, createControlClient } from './client.ts';
import type { Command, CommandContext } from './command.ts';
import { CliError, type ExitCode, exitCodes } from './exit-codes.ts';
import { narrateAttempt } from './narrate.ts';

const OPTIONS = {
  from: { type: 'string' },
  url: { type: 'string' },
  json: { type: 'boolean' },
} as const;
const POLL_MS = 50;

function requireFrom(command: string, given: GivenArguments): string {
  const from = given.text('from');
  if (from) return from;
  throw new CliError(exitCodes.usage, `${command}: --from is missing. Say who it is: --from +966501234567.`);
}

/** Waits for the first attempt: a fault may hold it, and an app may take half a minute for its answer. */
async function firstAttempt(client: ControlClient, started: DeliveryJson): Promise<DeliveryJson> {
  let delivery = started;
  while (delivery.state === 'pending' && !delivery.attempts.some(({ durationMs }) => durationMs !== null)) {
    await pause(POLL_MS);
    delivery = await client.call<DeliveryJson>('GET', `/deliveries/${delivery.id}`);
  }
  return delivery;
}

async function deliver(
  { createOutput }: CommandContext,
  given: GivenArguments,
  path: string,
  body: object,
): Promise<ExitCode> {
  const output = createOutput(given.flag('json'));
  const client = createControlClient(given.text('url'));
  const { delivery: started } = await client.call<StartedDeliveryJson>('POST', path, body);
  const delivery = await firstAttempt(client, started);
  output.record({ type: 'delivery', delivery });
  for (const attempt of delivery.attempts) {
    for (const line of narrateAttempt(delivery, attempt, output)) output.line(line);
  }
  if (delivery.attempts.length === 0) output.line(`${delivery.id} is ${delivery.state}`);
  return delivery.state === 'delivered' ? exitCodes.ok : exitCodes.failed;
}

/** `say`: a customer writes. */
export const say: Command = async (context) => {
  const given = readArguments('say', context.args, OPTIONS, context.env);
  const from = requireFrom('say', given);
  const [text, ...more] = given.positionals;
  if (text === undefined || more.length > 0) {
    throw new CliError(exitCodes.usage, 'say: give one text in quotes: say "مرحبا" --from +966501234567.');
  }
  return deliver(context, given, '/messages', { from, text });
};

/** `opt-out`: a customer wants no more messages. */
export const optOut: Command = async (context) => {
  const given = readArguments('opt-out', context.args, OPTIONS, context.env);
  const from = requireFrom('opt-out', given);
  return deliver(context, given, '/opt-outs', { from });
};
