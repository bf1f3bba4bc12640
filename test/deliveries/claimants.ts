import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ClaimantSetup, Round, RoundResult } from './claimant.ts';

const PROGRAM = fileURLToPath(new URL('claimant.ts', import.meta.url));

/** Processes that claim deliveries when they are told to. */
export interface Claimants {
  /** Lets each process claim the delivery so often, all at once, and adds up what they were answered. */
  round(round: Round): Promise<RoundResult>;
  /** Kills them with whatever they hold. */
  kill(): Promise<void>;
}

async function startClaimant(setup: ClaimantSetup): Promise<ChildProcess> {
  const child = fork(PROGRAM, [JSON.stringify(setup)], { execArgv: ['--import', 'tsx'] });
  await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('A claimant ended before it was ready.'))),
  ]);
  return child;
}

/** Starts one process for each setup. */
export async function startClaimants(setups: readonly ClaimantSetup[]): Promise<Claimants> {
  const children = await Promise.all(setups.map(startClaimant));

  async function tell(child: ChildProcess, round: Round): Promise<RoundResult> {
    const answered = once(child, 'message');
    child.send(round);
    const [result] = await answered;
    return result as RoundResult;
  }

  return {
    async round(round) {
      const total: RoundResult = {};
      for (const result of await Promise.all(children.map((child) => tell(child, round)))) {
        for (const [word, count] of Object.entries(result)) total[word] = (total[word] ?? 0) + count;
      }
      return total;
    },
    async kill() {
      await Promise.all(
        children.map(async (child) => {
          if (child.exitCode !== null || child.signalCode !== null) return;
          const exited = once(child, 'exit');
          child.kill('SIGKILL');
          await exited;
        }),
      );
    },
  };
}
