#!/usr/bin/env node
import { run } from './run.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // Once: a second Ctrl-C ends it the hard way.
  process.once(signal, () => stop.abort());
}
const { argv, env, stdout, stderr } = process;
run({ args: argv.slice(2), env, stdout, stderr, stop: stop.signal }).then((exitCode) => {
  process.exitCode = exitCode;
});
