import { Redis } from 'ioredis';
import { type OwnRedis, startOwnRedis } from '../../support/redis.ts';

/** A Redis for one bench. */
export interface BenchRedis {
  readonly url: string;
  /** How many microseconds of the processor it has used. */
  processorMicroseconds(): Promise<number>;
  /** Forgets everything, so that no round pays for what an earlier one left. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

const MICROSECONDS = 1_000_000;
const CPU = /^used_cpu_(?:sys|user):(\d+\.\d+)\r?$/gmu;

/** Writes no file: the disk would be all that is measured, and it would hide what the programs cost. */
export async function startBenchRedis(): Promise<BenchRedis> {
  const server: OwnRedis = await startOwnRedis({ appendonly: 'no' });
  const client = new Redis(server.url);
  return {
    url: server.url,
    async processorMicroseconds() {
      const info = await client.info('cpu');
      return [...info.matchAll(CPU)].reduce((sum, [, seconds]) => sum + Number(seconds) * MICROSECONDS, 0);
    },
    clear: async () => void (await client.flushall()),
    async stop() {
      client.disconnect();
      await server.stop();
    },
  };
}
