import { once } from 'node:events';
import { connect } from 'node:net';
import { createToJson } from '../control/to-json.ts';
import { startGatewayEmulator } from '../emulator.ts';
import { type BodyStyle, bodyStyles } from '../encode-body.ts';
import type { GatewayEmulator } from '../gateway.ts';
import {
  type GatewayEmulatorOptions,
  type Plan,
  plans,
  type TimestampStyle,
  timestampStyles,
} from '../options.ts';
import { type GivenArguments, readArguments, wholeNumber } from './arguments.ts';
import type { Command } from './command.ts';
import { DEFAULT_PORT, DEFAULT_TARGET, developmentKeys, envLines, showKey } from './defaults.ts';
import { CliError, exitCodes } from './exit-codes.ts';
import { narrateAttempt, narrateRequest } from './narrate.ts';
import type { Output } from './output.ts';

const OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string' },
  to: { type: 'string' },
  secret: { type: 'string' },
  'api-key': { type: 'string' },
  instance: { type: 'string' },
  plan: { type: 'string' },
  'body-style': { type: 'string' },
  'timestamp-style': { type: 'string' },
  seed: { type: 'string' },
  'allow-remote': { type: 'boolean' },
  json: { type: 'boolean' },
} as const;
const KNOCK_TIMEOUT_MS = 500;

function oneOf<Word extends string>(
  given: GivenArguments,
  option: string,
  words: readonly Word[],
): Word | undefined {
  const text = given.text(option);
  if (text === undefined) return undefined;
  const word = words.find((known) => known === text);
  if (word !== undefined) return word;
  throw new CliError(
    exitCodes.usage,
    `start: --${option} is ${JSON.stringify(text)}. Give one of ${words.join(', ')}.`,
  );
}

function readOptions(given: GivenArguments): GatewayEmulatorOptions {
  const host = given.text('host');
  const plan = oneOf<Plan>(given, 'plan', plans);
  const bodyStyle = oneOf<BodyStyle>(given, 'body-style', bodyStyles);
  const timestampStyle = oneOf<TimestampStyle>(given, 'timestamp-style', timestampStyles);
  const seed = wholeNumber('start', 'seed', given.text('seed'));
  const secret = given.text('secret') ?? developmentKeys.secret;
  return {
    port: wholeNumber('start', 'port', given.text('port')) ?? DEFAULT_PORT,
    apiKey: given.text('api-key') ?? developmentKeys.apiKey,
    instanceId: given.text('instance') ?? developmentKeys.instance,
    allowRemote: given.flag('allow-remote'),
    webhook: { url: given.text('to') ?? DEFAULT_TARGET, secret },
    ...(host !== undefined && { host }),
    ...(plan !== undefined && { plan }),
    ...(bodyStyle !== undefined && { bodyStyle }),
    ...(timestampStyle !== undefined && { timestampStyle }),
    ...(seed !== undefined && { seed }),
  };
}

async function start(options: GatewayEmulatorOptions): Promise<GatewayEmulator> {
  try {
    return await startGatewayEmulator(options);
  } catch (error) {
    if (error instanceof TypeError) throw new CliError(exitCodes.usage, error.message);
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    const advice = `Perhaps another emulator runs there already: look at http://127.0.0.1:${options.port}, or give another --port.`;
    throw new CliError(exitCodes.portTaken, `${error.message} ${advice}`, { cause: error });
  }
}

/** Whether something accepts connections there. */
async function listens(address: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(address);
  const fallback = protocol === 'https:' ? 443 : 80;
  const socket = connect({ host: hostname.replace(/^\[|\]$/gu, ''), port: port ? Number(port) : fallback });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(KNOCK_TIMEOUT_MS) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function printBanner(gateway: GatewayEmulator, output: Output): Promise<void> {
  const { url, apiKey, instanceId, state } = gateway;
  const target = state.webhook?.url ?? '';
  const secret = state.webhook?.secret ?? '';
  const isUp = await listens(target);
  const shown = { url, instanceId, apiKey: showKey(apiKey), secret: showKey(secret) };
  output.record({ type: 'started', ...shown, webhook: target, appListens: isUp });
  output.line(
    `${output.paint('bold', 'EMULATOR of WhatsApp Gateway')}: no account, and no message leaves this machine.`,
  );
  output.line();
  output.line(`  Play the customer   ${output.paint('bold', `${url}/`)}`);
  output.line(`  The gateway's API   ${url}`);
  output.line(`  Delivers to         ${target}`);
  if (!isUp) {
    output.line(
      output.paint(
        'yellow',
        '                      Nothing listens there yet; deliveries wait and go out when it does.',
      ),
    );
  }
  output.line();
  output.line("  Paste into your app's .env:");
  output.line();
  for (const line of envLines(shown)) output.line(`    ${line}`);
  output.line();
  output.line(
    '  and give the sender its address: createSender({ baseUrl: process.env.WHATSAPP_GATEWAY_BASE_URL })',
  );
  output.line();
  const where = new URL(url).port === String(DEFAULT_PORT) ? '' : ` --url ${url}`;
  output.line(
    `  In another terminal:  npx whatsapp-gateway-emulator say "مرحبا" --from +966501234567${where}`,
  );
  output.line('  Stop with Ctrl-C.');
  output.line();
}

/** Tells of every request and every attempt that has ended. */
function follow(gateway: GatewayEmulator, output: Output): void {
  const toJson = createToJson(gateway);
  const told = new Map<string, number>();
  gateway.subscribe((change) => {
    if (change.type === 'request') {
      const request = toJson.request(change.request);
      output.record({ type: 'request', request });
      for (const line of narrateRequest(request, output)) output.line(line);
    } else if (change.type === 'delivery') {
      const delivery = toJson.delivery(change.delivery);
      output.record({ type: 'delivery', delivery });
      const before = told.get(delivery.id) ?? 0;
      const ended = delivery.attempts.filter(
        ({ number, durationMs }) => number > before && durationMs !== null,
      );
      for (const attempt of ended) {
        told.set(delivery.id, attempt.number);
        for (const line of narrateAttempt(delivery, attempt, output)) output.line(line);
      }
      if (delivery.state !== 'pending') told.delete(delivery.id);
    }
  });
}

/** `start`: the gateway on this machine, until Ctrl-C. */
export const startCommand: Command = async ({ args, env, createOutput, stop }) => {
  const given = readArguments('start', args, OPTIONS, env);
  const [unexpected] = given.positionals;
  if (unexpected !== undefined) {
    throw new CliError(
      exitCodes.usage,
      `start: ${JSON.stringify(unexpected)} is no command and no option. See --help.`,
    );
  }
  const output = createOutput(given.flag('json'));
  const gateway = await start(readOptions(given));
  try {
    follow(gateway, output);
    await printBanner(gateway, output);
    if (!stop.aborted) await once(stop, 'abort');
  } finally {
    await gateway.close();
  }
  output.record({ type: 'stopped' });
  return exitCodes.ok;
};
