import { type Spread, spreadOf } from './spread.ts';

/** Does a slice of work and answers what one operation cost, in any unit that all contenders share. */
export type Measure = () => number | Promise<number>;

/** What the contenders of one run cost, round by round. */
export interface Rounds<Name extends string> {
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
  const of = (name: Name): number[] => costs.get(name) ?? [];
  return {
    cost: (name) => spreadOf(of(name)),
    ratio: (name, base) => spreadOf(of(name).map((cost, round) => cost / (of(base)[round] ?? Number.NaN))),
  };
}
