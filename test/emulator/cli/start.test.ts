import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { whatsappGatewayWebhook } from '../../../src/index.ts';
import { type ProgramRun, runProgram } from './program.ts';

const running: ProgramRun[] = [];
const BASE_URL = /WHATSAPP_GATEWAY_BASE_URL=(\S+)/u;
const NOWHERE = 'http://127.0.0.1:9/webhooks/whatsapp-gateway';

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): ProgramRun {
  const program = runProgram(['start', '--port', '0', ...args], { env });
  running.push(program);
  return program;
}

/** The address that the banner names. */
async function addressOf(program: ProgramRun): Promise<string> {
  await program.prints('Stop with Ctrl-C');
  return BASE_URL.exec(program.stdout())?.[1] ?? '';
}

async function listen(
  listener: Parameters<typeof createServer>[1],
): Promise<{ url: string; close(): void; port: number }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/webhooks/whatsapp-gateway`,
    close: () => server.close().closeAllConnections(),
  };
}

afterEach(async () => {
  for (const program of running.splice(0)) {
    program.stop();
    await program.exitCode;
  }
});

describe('start', () => {
  it('prints what to paste and where the chat page is', async () => {
    const program = start(['--to', NOWHERE]);
    const url = await addressOf(program);
    expect(program.stdout()).toContain('EMULATOR of WhatsApp Gateway');
    expect(program.stdout()).toContain('WHATSAPP_GATEWAY_API_KEY=emu_key_for_development');
    expect(program.stdout()).toContain('WHATSAPP_GATEWAY_WEBHOOK_SECRET=emu_secret_for_development');
    expect(program.stdout()).toContain(`Play the customer   ${url}/`);
    const health = await fetch(`${url}/__emulator/v1/health`);
    expect(health.status).toBe(200);
  });

  it('says that nothing listens at the app, and delivers once something does', async () => {
    const app = await listen((_request, response) => response.end());
    app.close();
    const program = start(['--to', app.url]);
    const url = await addressOf(program);
    expect(program.stdout()).toContain('Nothing listens there yet');
    const said = runProgram(['say', 'مرحبا', '--from', '+966501234567', '--url', url]);
    expect(await said.exitCode).toBe(1);
    expect(said.stdout()).toContain('ECONNREFUSED');
    const server = createServer((request, response) => {
      request.resume().once('end', () => response.end('ok'));
    }).listen(app.port, '127.0.0.1');
    await program.prints('(attempt 2)  200');
    server.close();
    server.closeAllConnections();
  });

  it('names the likely cause and the line to change at the first 401', async () => {
    const webhook = whatsappGatewayWebhook({ secret: 'another_secret', onMessage: () => undefined });
    const app = await listen((request, response) => webhook(request, response));
    const program = start(['--to', app.url]);
    const url = await addressOf(program);
    const said = runProgram(['say', 'مرحبا', '--from', '+966501234567', '--url', url]);
    expect(await said.exitCode).toBe(1);
    expect(program.stdout()).toContain('401');
    expect(said.stdout().toLowerCase()).toContain('secret');
    app.close();
  });

  it('shows what was delivered and what the app sent', async () => {
    const webhook = whatsappGatewayWebhook({
      secret: 'emu_secret_for_development',
      onMessage: () => undefined,
      onOptOut: () => undefined,
    });
    const app = await listen((request, response) => webhook(request, response));
    const program = start(['--to', app.url]);
    const url = await addressOf(program);
    const said = runProgram(['say', 'سطر\nثان', '--from', '966501234567', '--url', url]);
    expect(await said.exitCode).toBe(0);
    expect(program.stdout()).toContain('message.received from 966501234567 «سطر ⏎ ثان»  200');
    const optedOut = runProgram(['opt-out', '--from', '+966501234567', '--url', url]);
    expect(await optedOut.exitCode).toBe(0);
    await fetch(`${url}/api/send-message`, {
      method: 'POST',
      headers: { authorization: 'Bearer emu_key_for_development', 'content-type': 'application/json' },
      body: JSON.stringify({
        instance_id: 'emu_instance',
        phone: '+966501234567',
        message: 'مرحبا',
        message_purpose: 'support',
      }),
    });
    expect(program.stdout()).toContain('to +966501234567 «مرحبا»  403 recipient_suppressed');
    expect(program.stdout()).toContain('docs/errors.md#recipient_suppressed');
    app.close();
  });

  it('writes one JSON object a line for programs', async () => {
    const program = start(['--to', NOWHERE, '--json']);
    await program.prints('"started"');
    const [started] = program.records();
    expect(started).toMatchObject({ type: 'started', webhook: NOWHERE, appListens: false });
    program.stop();
    expect(await program.exitCode).toBe(0);
    expect(program.records().at(-1)).toEqual({ type: 'stopped' });
  });

  it('takes every option from its variable too, and the command line first', async () => {
    const program = start(['--to', NOWHERE, '--instance', 'from_option'], {
      WHATSAPP_GATEWAY_EMULATOR_INSTANCE: 'from_variable',
      WHATSAPP_GATEWAY_EMULATOR_PLAN: 'scale',
      WHATSAPP_GATEWAY_EMULATOR_TIMESTAMP_STYLE: 'seconds',
    });
    const url = await addressOf(program);
    const state = await (await fetch(`${url}/__emulator/v1/state`)).json();
    expect(state).toMatchObject({ instanceId: 'from_option', plan: 'scale', timestampStyle: 'seconds' });
  });

  it('shows no secret of somebody in the banner', async () => {
    const program = start([
      '--to',
      NOWHERE,
      '--secret',
      'whsec_real_thing',
      '--api-key',
      'wg_live_real_thing',
    ]);
    await addressOf(program);
    expect(program.stdout()).not.toContain('whsec_real_thing');
    expect(program.stdout()).not.toContain('wg_live_real_thing');
  });

  it('names a taken port and what to do', async () => {
    const taken = await listen((_request, response) => response.end());
    const program = runProgram(['--port', String(taken.port), '--to', NOWHERE]);
    expect(await program.exitCode).toBe(4);
    expect(program.stderr()).toContain(`Port ${taken.port} on 127.0.0.1 is taken.`);
    expect(program.stderr()).toContain('--port');
    taken.close();
  });

  it.each([
    [['--prot', '1'], 'Did you mean port?'],
    [['--port', 'abc'], '--port is "abc"'],
    [['--plan', 'gold'], 'Give one of starter, growth, scale, unlimited'],
    [['--to', 'https://example.com/hook'], 'loopback'],
    [['--host', '0.0.0.0'], 'loopback'],
    [['extra'], 'is no command and no option'],
  ])('refuses %j with a reason', async (args, reason) => {
    const program = runProgram(['start', '--port', '0', ...args]);
    expect(await program.exitCode).toBe(2);
    expect(program.stderr()).toContain(reason);
    expect(program.stdout()).toBe('');
  });
});
