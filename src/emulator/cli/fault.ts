import type { FaultJson, NewFaultJson } from '../control/json-types.ts';
import { type GivenArguments, readArguments, wholeNumber } from './arguments.ts';
import { createControlClient } from './client.ts';
import type { Command } from './command.ts';
import { CliError, exitCodes } from './exit-codes.ts';

const OPTIONS = {
  on: { type: 'string' },
  when: { type: 'string' },
  times: { type: 'string' },
  probability: { type: 'string' },
  param: { type: 'string', multiple: true },
  list: { type: 'boolean' },
  clear: { type: 'boolean' },
  url: { type: 'string' },
  json: { type: 'boolean' },
} as const;

function readParams(given: GivenArguments): Record<string, string | number> {
  return Object.fromEntries(
    given.texts('param').map((param) => {
      const at = param.indexOf('=');
      if (at < 1) {
        throw new CliError(
          exitCodes.usage,
          `fault: --param is ${JSON.stringify(param)}. Give name=value: ms=500.`,
        );
      }
      const value = param.slice(at + 1);
      const isNumber = value.trim() !== '' && Number.isFinite(Number(value));
      return [param.slice(0, at), isNumber ? Number(value) : value];
    }),
  );
}

function readFault(given: GivenArguments): NewFaultJson {
  const [type, ...more] = given.positionals;
  const on = given.text('on');
  if (type === undefined || more.length > 0 || (on !== 'send' && on !== 'delivery')) {
    throw new CliError(
      exitCodes.usage,
      'fault: name one, and what it is on: fault reset --on send, fault duplicate --on delivery.',
    );
  }
  const when = given.text('when');
  if (when !== undefined && when !== 'before' && when !== 'after') {
    throw new CliError(exitCodes.usage, `fault: --when is ${JSON.stringify(when)}. Give before or after.`);
  }
  const times = wholeNumber('fault', 'times', given.text('times'));
  const probability = given.text('probability');
  const params = readParams(given);
  return {
    on,
    type,
    ...(when !== undefined && { when }),
    ...(times !== undefined && { times }),
    ...(probability !== undefined && { probability: Number(probability) }),
    ...(Object.keys(params).length > 0 && { params }),
  };
}

function describe({ id, on, type, when, remaining, probability, params = {} }: FaultJson): string {
  const given = Object.entries(params).map(([name, value]) => `${name}=${value}`);
  const left = remaining === Number.MAX_SAFE_INTEGER ? 'until removed' : `${remaining} more`;
  const chance = probability === undefined ? [] : [`probability ${probability}`];
  return [
    id,
    `on ${on}:`,
    type,
    ...(when === undefined ? [] : [when]),
    ...given,
    `(${[left, ...chance].join(', ')})`,
  ].join(' ');
}

/** `fault`: makes something go wrong on purpose. */
export const fault: Command = async ({ args, env, createOutput }) => {
  const given = readArguments('fault', args, OPTIONS, env);
  const output = createOutput(given.flag('json'));
  const client = createControlClient(given.text('url'));
  if (given.flag('clear')) {
    await client.call('DELETE', '/faults');
    output.record({ type: 'faults', faults: [] });
    output.line('No faults.');
    return exitCodes.ok;
  }
  if (given.flag('list')) {
    const { items } = await client.call<{ items: FaultJson[] }>('GET', '/faults');
    output.record({ type: 'faults', faults: items });
    if (items.length === 0) output.line('No faults.');
    for (const item of items) output.line(describe(item));
    return exitCodes.ok;
  }
  const added = await client.call<FaultJson>('POST', '/faults', readFault(given));
  output.record({ type: 'fault', fault: added });
  output.line(describe(added));
  return exitCodes.ok;
};
