import { Pool } from 'undici';
import { startChild } from '../harness/child.ts';
import { messageBody, signedHeaders } from '../support/delivery.ts';
import type { Receiving } from './receiving-app.ts';

/** A web process that is being measured. */
export interface WebProcess {
  /** Delivers what nobody has delivered before. */
  deliver(): Promise<void>;
  /** How many microseconds of the processor it has used. */
  processorMicroseconds(): Promise<number>;
  stop(): Promise<void>;
}

const BODY_BYTES = 300;
const CONNECTIONS = 32;

/** Starts a web process that receives in this way. */
export async function startWebProcess(receiving: Receiving, redisUrl: string): Promise<WebProcess> {
  const child = startChild(new URL('receiving-app.ts', import.meta.url), { args: [receiving, redisUrl] });
  const { port } = await child.next<{ port: number }>();
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: CONNECTIONS });
  return {
    async deliver() {
      const body = messageBody(BODY_BYTES);
      const answer = await pool.request({
        method: 'POST',
        path: '/webhook',
        headers: signedHeaders(body),
        body,
      });
      await answer.body.dump();
      if (answer.statusCode !== 200) throw new Error(`A delivery was answered with ${answer.statusCode}.`);
    },
    async processorMicroseconds() {
      const { user, system } = await child.ask<NodeJS.CpuUsage>({ ask: 'processor' });
      return user + system;
    },
    async stop() {
      await pool.destroy();
      await child.stop();
    },
  };
}

/** Makes so many deliveries, so many at once, each to the next of the processes. */
export async function deliverAll(
  processes: readonly Pick<WebProcess, 'deliver'>[],
  count: number,
  atOnce: number,
): Promise<void> {
  let made = 0;
  const deliverNext = async (): Promise<void> => {
    while (made < count) {
      const target = processes[made % processes.length];
      made += 1;
      await target?.deliver();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, deliverNext));
}
