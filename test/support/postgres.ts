import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';

/** A PostgreSQL for one test file. */
export interface TestPostgres {
  url: string;
  /** Of the server, where it was started here. */
  pid: number | undefined;
  stop(): Promise<void>;
}

const DEBIAN_VERSIONS = '/usr/lib/postgresql';
const READY = 'database system is ready to accept connections';

/** The folder with `initdb` and `postgres`: on the PATH, or where Debian keeps it. */
function findPrograms(): string | undefined {
  const debian = existsSync(DEBIAN_VERSIONS)
    ? readdirSync(DEBIAN_VERSIONS).map((version) => join(DEBIAN_VERSIONS, version, 'bin'))
    : [];
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...debian];
  return folders.find((folder) =>
    ['initdb', 'postgres'].every((program) => existsSync(join(folder, program))),
  );
}

/** PostgreSQL refuses to run as root, so root lends it another user. */
function runAs(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** Why no PostgreSQL can be used here, or `undefined` where one can. In CI nothing may be missing. */
export function whyNoPostgres(): string | undefined {
  if (process.env.DATABASE_URL || findPrograms() !== undefined) return undefined;
  const reason = 'no DATABASE_URL is set and no postgres is installed (Debian: apt-get install postgresql)';
  if (process.env.CI) throw new Error(`In CI no test may be skipped, but ${reason}.`);
  return reason;
}

/** The one that `DATABASE_URL` names, else a new one on a free port of 127.0.0.1. */
export async function startPostgres(): Promise<TestPostgres> {
  if (process.env.DATABASE_URL) {
    return { url: process.env.DATABASE_URL, pid: undefined, stop: async () => undefined };
  }
  const programs = findPrograms();
  if (programs === undefined) throw new Error(whyNoPostgres());
  const folder = await mkdtemp(join(tmpdir(), 'postgres-'));
  const user = runAs();
  if (user) await chown(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const initdb = ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '--encoding=UTF8'];
  await promisify(execFile)(join(programs, 'initdb'), initdb, { cwd: folder, ...user });
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, 'fsync=off'];
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const server = spawn(join(programs, 'postgres'), args, {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...user,
  });
  let log = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes(READY)) resolve();
    });
    server.once('exit', () => reject(new Error(`postgres did not start:\n${log}`)));
  });
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    pid: server.pid,
    async stop() {
      const exited = once(server, 'exit');
      server.kill('SIGINT');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
