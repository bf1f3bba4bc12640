import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../../../src/emulator/cli/exit-codes.ts';
import { oneLine } from '../../../src/emulator/cli/output.ts';
import { startGatewayEmulator } from '../../../src/emulator/emulator.ts';
import type { GatewayEmulator } from '../../../src/emulator/gateway.ts';
import { whatsappGatewayWebhook } from '../../../src/index.ts';
import { runProgram } from './program.ts';

const VERSION = /^\d+\.\d+\.\d+/u;
const ADDED_FAULT = /^emu_fault_\d+ on send: delay after ms=500 \(3 more\)\n$/u;
const NOBODY = 'http://127.0.0.1:9';

let gateway: GatewayEmulator;

beforeAll(async () => {
  gateway = await startGatewayEmulator();
});

afterAll(() => gateway.close());

describe('the program', () => {
  it.each([['--help'], ['-h'], ['help']])('prints its help for %s', async (argument) => {
    const program = runProgram([argument]);
    expect(await program.exitCode).toBe(exitCodes.ok);
    for (const command of ['start', 'say', 'opt-out', 'fault', 'env', 'ready', 'check']) {
      expect(program.stdout()).toContain(command);
    }
  });

  it('prints its version', async () => {
    const program = runProgram(['--version']);
    expect(await program.exitCode).toBe(exitCodes.ok);
    expect(program.stdout()).toMatch(VERSION);
  });

  it('names the commands there are when given another', async () => {
    const program = runProgram(['strat']);
    expect(await program.exitCode).toBe(exitCodes.usage);
    expect(program.stderr()).toContain('There is no command "strat"');
  });

  it.each([
    [['say', 'x', '--from', '+966501234567', '--url', NOBODY]],
    [['opt-out', '--from', '+966501234567', '--url', NOBODY]],
    [['fault', '--list', '--url', NOBODY]],
    [['ready', '--url', NOBODY]],
  ])('says how to start one when no emulator answers %j', async (args) => {
    const program = runProgram(args);
    expect(await program.exitCode).toBe(exitCodes.unreachable);
    expect(program.stderr()).toContain(`No emulator answers at ${NOBODY}`);
    expect(program.stderr()).toContain('npx whatsapp-gateway-emulator');
  });

  it.each([
    [['say', '--from', '+966501234567'], 'give one text in quotes'],
    [['say', 'x'], '--from is missing'],
    [['opt-out'], '--from is missing'],
    [['fault', 'reset'], 'what it is on'],
    [['fault', 'reset', '--on', 'send', '--when', 'later'], 'Give before or after'],
    [['fault', 'delay', '--on', 'send', '--param', 'ms'], 'Give name=value'],
    [['check', '--to', 'nowhere'], 'Give the whole address'],
    [['check', '--to', 'https://example.com/hook'], 'loopback'],
    [['say', 'x', '--frm', '1'], 'Did you mean from?'],
  ])('refuses %j with a reason', async (args, reason) => {
    const program = runProgram(args);
    expect(await program.exitCode).toBe(exitCodes.usage);
    expect(program.stderr()).toContain(reason);
  });

  it('colours nothing but a terminal, and not even that with NO_COLOR', async () => {
    const given = ['fault', '--list', '--url', gateway.url];
    for (const options of [{}, { isTTY: true, env: { NO_COLOR: '1' } }]) {
      const program = runProgram(given, options);
      await program.exitCode;
      expect(program.stdout()).not.toContain('\u001b');
    }
  });

  it("lets a customer's text do nothing to the terminal", () => {
    expect(oneLine('a\u001b[2Jb\u0007c\nd\u009b1m')).toBe('a[2Jbc ⏎ d1m');
  });
});

describe('say', () => {
  it('tells why nothing can be delivered', async () => {
    const program = runProgram(['say', 'x', '--from', '+966501234567', '--url', gateway.url]);
    expect(await program.exitCode).toBe(exitCodes.failed);
    expect(program.stderr()).toContain('No webhook is set');
  });

  it('refuses what is no phone', async () => {
    gateway.setWebhook({ url: 'http://127.0.0.1:9/' });
    const program = runProgram(['say', 'x', '--from', '0501234567', '--url', gateway.url]);
    expect(await program.exitCode).toBe(exitCodes.failed);
    expect(program.stderr()).toContain('0501234567');
  });
});

describe('fault', () => {
  it('adds, lists and clears', async () => {
    const url = ['--url', gateway.url];
    const added = runProgram([
      'fault',
      'delay',
      '--on',
      'send',
      '--when',
      'after',
      '--times',
      '3',
      '--param',
      'ms=500',
      ...url,
    ]);
    expect(await added.exitCode).toBe(exitCodes.ok);
    expect(added.stdout()).toMatch(ADDED_FAULT);
    expect(gateway.faults.list()).toMatchObject([{ type: 'delay', when: 'after', params: { ms: 500 } }]);
    const listed = runProgram(['fault', '--list', '--json', ...url]);
    expect(await listed.exitCode).toBe(exitCodes.ok);
    expect(listed.records()).toMatchObject([{ type: 'faults', faults: [{ type: 'delay', remaining: 3 }] }]);
    const cleared = runProgram(['fault', '--clear', ...url]);
    expect(await cleared.exitCode).toBe(exitCodes.ok);
    expect(gateway.faults.list()).toEqual([]);
  });

  it('passes on why a fault cannot be added', async () => {
    const program = runProgram(['fault', 'rest', '--on', 'send', '--url', gateway.url]);
    expect(await program.exitCode).toBe(exitCodes.failed);
    expect(program.stderr()).toContain('rest');
  });
});

describe('ready', () => {
  it('answers for an emulator that runs', async () => {
    const program = runProgram(['ready', '--url', gateway.url]);
    expect(await program.exitCode).toBe(exitCodes.ok);
    expect(program.stdout()).toContain(gateway.url);
  });

  it('waits for one that comes up', async () => {
    const first = await startGatewayEmulator();
    const port = Number(new URL(first.url).port);
    await first.close();
    const program = runProgram(['ready', '--wait', '--url', first.url]);
    const late = await startGatewayEmulator({ port });
    expect(await program.exitCode).toBe(exitCodes.ok);
    await late.close();
  });

  it('gives up when its time is over', async () => {
    const program = runProgram(['ready', '--wait', '--seconds', '0', '--url', NOBODY]);
    expect(await program.exitCode).toBe(exitCodes.unreachable);
  });
});

describe('env', () => {
  it('prints lines for a .env', async () => {
    const program = runProgram(['env', '--url', 'http://127.0.0.1:5000', '--secret', 'whsec_mine']);
    expect(await program.exitCode).toBe(exitCodes.ok);
    expect(program.stdout()).toBe(
      [
        'WHATSAPP_GATEWAY_API_KEY=emu_key_for_development',
        'WHATSAPP_GATEWAY_INSTANCE_ID=emu_instance',
        'WHATSAPP_GATEWAY_WEBHOOK_SECRET=whsec_mine',
        'WHATSAPP_GATEWAY_BASE_URL=http://127.0.0.1:5000',
        '',
      ].join('\n'),
    );
  });
});

describe('check', () => {
  it('ends with 0 for a right receiver, and writes what was asked for', async () => {
    const webhook = whatsappGatewayWebhook({ secret: 'whsec_mine', onMessage: () => undefined });
    const server = createServer((request, response) => webhook(request, response)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const folder = await mkdtemp(join(tmpdir(), 'check-'));
    const junit = join(folder, 'report.xml');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const program = runProgram(['check', '--to', url, '--secret', 'whsec_mine', '--json', '--junit', junit]);
    expect(await program.exitCode).toBe(exitCodes.ok);
    expect(program.records()).toMatchObject([{ ok: true }]);
    expect(await readFile(junit, 'utf8')).toContain('<testsuite');
    const taken = runProgram(['check', '--to', url, '--replies-port', new URL(url).port]);
    expect(await taken.exitCode).toBe(exitCodes.portTaken);
    expect(taken.stderr()).toContain('Give another --replies-port');
    const wrong = runProgram(['check', '--to', url, '--secret', 'another']);
    expect(await wrong.exitCode).toBe(exitCodes.failed);
    expect(wrong.stdout()).toContain('secret');
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  });
});
