import { type Spread, spreadOf } from './spread.ts';

/** Does a slice of work and answers what one operation cost, in any unit that all contenders share. */
export type Measure = () => number | Promise<number>;

/** What the contenders of one run cost, round by round. */
export interface Rounds<Name extends string> {
  /** What one operation cost, round by round. */
  costs(name: Name): readonly number[];
  /** What one operation cost. */
  cost(name: Name): Spread;
  /** How many times the cost of `base` one of `name` is: one ratio a round, so that a slow minute slows both. */
  ratio(name: Name, base: Name): Spread;
}

/** Round by round another contender is first, and every second round runs backwards. */
function turn<T>(items: readonly T[], round: number): T[] {
  const start = round % items.length;
  const turned = [...items.slice(start), ...items.slice(0, start)];
  return round % 2 === 0 ? turned : turned.reverse();
}

/**
 * Measures every contender once a round. The first rounds only warm up.
 */
export async function compare<Name extends string>(
  contenders: Readonly<Record<Name, Measure>>,
  { rounds, warmUp = 2 }: { rounds: number; warmUp?: number },
): Promise<Rounds<Name>> {
  const names = Object.keys(contenders) as Name[];
  const costs = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = -Math.ceil(warmUp); round < rounds; round += 1) {
    for (const name of turn(names, round + Math.ceil(warmUp))) {
      const cost = await contenders[name]();
      if (round >= 0) costs.get(name)?.push(cost);
    }
  }
  return toRounds((name) => costs.get(name) ?? []);
}

function toRounds<Name extends string>(costs: (name: Name) => readonly number[]): Rounds<Name> {
  return {
    costs,
    cost: (name) => spreadOf(costs(name)),
    ratio: (name, base) =>
      spreadOf(costs(name).map((cost, round) => cost / (costs(base)[round] ?? Number.NaN))),
  };
}

/** Takes several runs of the same contenders for one: a process that was lucky in what it compiled is one of several. */
export function join<Name extends string>(runs: readonly Rounds<Name>[]): Rounds<Name> {
  return toRounds((name) => runs.flatMap((run) => run.costs(name)));
}
