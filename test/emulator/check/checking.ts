import { setTimeout as wait } from 'node:timers/promises';
import {
  type CheckReport,
  type ProbeResult,
  type ProbeStatus,
  runCheck,
} from '../../../src/emulator/check/index.ts';
import { CHECK_FAILING_PHONE } from '../../../src/emulator/check/limits.ts';
import { type Listener, serve } from '../../support/server.ts';
import type { Event } from './receivers/parts.ts';

export const SECRET = 'whsec_check_51c0ffee';

const WORK_MS = 30;

/** Work that counts what it does for a customer, and fails for the one for whom it shall. */
export interface Work {
  handle(event: Event): Promise<void>;
  countEffects(phone: string): number;
}

export function createWork(): Work {
  const counts = new Map<string, number>();
  return {
    async handle({ from = '' }) {
      await wait(WORK_MS);
      if (from === CHECK_FAILING_PHONE) throw new Error('The database is down.');
      counts.set(from, (counts.get(from) ?? 0) + 1);
    },
    countEffects: (phone) => counts.get(phone) ?? 0,
  };
}

type Options = Partial<Parameters<typeof runCheck>[0]> & { path?: string };

/** Checks a receiver that listens on loopback until the test ends. */
export async function check(
  listener: Listener,
  { path = '/webhook', ...options }: Options = {},
): Promise<CheckReport> {
  const { port } = await serve(listener);
  return runCheck({ url: `http://127.0.0.1:${port}${path}`, secret: SECRET, ...options });
}

/** The ids of all probes that ended so. */
export function idsOf(report: CheckReport, status: ProbeStatus): string[] {
  return report.results.filter((result) => result.status === status).map(({ id }) => id);
}

export function resultOf(report: CheckReport, id: string): ProbeResult {
  const result = report.results.find((candidate) => candidate.id === id);
  if (result === undefined) throw new Error(`There is no probe ${id}.`);
  return result;
}
