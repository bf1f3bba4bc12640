// `npm run bench` from the root: installs what the benches compare with where that is missing, then runs them.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

function npm(...args) {
  const { status } = spawnSync('npm', args, {
    cwd: here,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(new URL('node_modules/.package-lock.json', import.meta.url))) npm('ci');
npm('run', '--silent', 'bench', '--', ...process.argv.slice(2));
