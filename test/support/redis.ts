import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './free-port.ts';

/** A Redis for one test file. */
export interface TestRedis {
  readonly url: string;
  /** What this file's keys begin with: the Redis of `REDIS_URL` may hold others. */
  readonly prefix: string;
  /** Of the server, where it was started here and runs. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/** A Redis of this file's own, which can go down and come back with what it wrote to its append-only file. */
export interface OwnRedis extends TestRedis {
  readonly port: number;
  /** Ends it: at once, or after it has written everything. */
  halt(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Starts it again on the same port and files. */
  start(): Promise<void>;
}

const READY = 'Ready to accept connections';

function hasServer(): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'redis-server')));
}

/** Why no Redis can be started here, or `undefined` where one can. In CI nothing may be missing. */
export function whyNoOwnRedis(): string | undefined {
  if (hasServer()) return undefined;
  const reason = 'no redis-server is installed (Debian: apt-get install redis-server)';
  if (process.env.CI) throw new Error(`In CI no test may be skipped, but ${reason}.`);
  return reason;
}

/** Why no Redis can be used here, or `undefined` where one can. In CI nothing may be missing. */
export function whyNoRedis(): string | undefined {
  if (process.env.REDIS_URL || hasServer()) return undefined;
  const reason =
    'no REDIS_URL is set and no redis-server is installed (Debian: apt-get install redis-server)';
  if (process.env.CI) throw new Error(`In CI no test may be skipped, but ${reason}.`);
  return reason;
}

/** A new one on a free port of 127.0.0.1, with an append-only file and whatever settings are passed. */
export async function startOwnRedis(settings: Readonly<Record<string, string>> = {}): Promise<OwnRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'redis-'));
  const port = await freePort();
  const all = {
    bind: '127.0.0.1',
    port: String(port),
    dir: folder,
    save: '',
    appendonly: 'yes',
    // With `everysec`, a crash in the middle of an fsync loses writes that were answered.
    appendfsync: 'always',
    ...settings,
  };
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);

  async function run() {
    const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let log = '';
    await new Promise<void>((resolve, reject) => {
      server.stdout.on('data', (chunk: Buffer) => {
        log += chunk.toString();
        if (log.includes(READY)) resolve();
      });
      server.once('error', reject);
      server.once('exit', () => reject(new Error(`redis-server did not start:\n${log}`)));
    });
    return server;
  }

  let server: Awaited<ReturnType<typeof run>> | undefined = await run();

  async function halt(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (server === undefined) return;
    const exited = once(server, 'exit');
    server.kill(signal);
    server = undefined;
    await exited;
  }

  return {
    url: `redis://127.0.0.1:${port}`,
    prefix: 'test:',
    port,
    get pid() {
      return server?.pid;
    },
    halt,
    async start() {
      server ??= await run();
    },
    async stop() {
      await halt('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The one that `REDIS_URL` names, under keys of our own, else a new one. */
export async function startRedis(): Promise<TestRedis> {
  if (!process.env.REDIS_URL) return startOwnRedis();
  const prefix = `test:${randomUUID()}:`;
  return { url: process.env.REDIS_URL, prefix, pid: undefined, stop: async () => undefined };
}
