/**
 * Starts one process of the app: `main.ts web`, `main.ts event-worker` or `main.ts send-worker`. Start as many of each
 * as you need, on any machines.
 */
import { startEventWorker } from './event-worker.ts';
import { startSendWorker } from './send-worker.ts';
import { readSettings } from './settings.ts';
import { startWeb } from './web.ts';

const starts = { web: startWeb, 'event-worker': startEventWorker, 'send-worker': startSendWorker };
const [name = ''] = process.argv.slice(2);
const start = Object.entries(starts).find(([known]) => known === name)?.[1];
if (start === undefined) {
  throw new Error(`There is no part ${JSON.stringify(name)}: give one of ${Object.keys(starts).join(', ')}.`);
}

let isStopping = false;
const part = await start(readSettings(process.env));
// What PM2 and others wait for.
process.send?.('ready');

function stop(): void {
  if (isStopping) return;
  isStopping = true;
  part.stop().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}

// `disconnect`: whoever started this process with a channel to it is gone.
for (const reason of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.once(reason, stop);
