import type { Spread } from './spread.ts';

/** A table of texts; the first column names the row. */
export interface Table {
  readonly caption?: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What was wanted of a figure, and what came. */
export interface Wanted {
  readonly what: string;
  readonly bound: string;
  readonly came: string;
  readonly met: boolean;
}

/** What one bench found. */
export interface Report {
  /** A sentence or two: what was measured and how. */
  readonly about: string;
  readonly tables: readonly Table[];
  readonly wanted: readonly Wanted[];
}

/** One bench, named after its file. */
export interface Bench {
  readonly title: string;
  /** @param scale How much of the full work to do, from 1 down. */
  run(scale: number): Promise<Report>;
}

const number = (value: number): string => {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
};

/** A figure with its spread: `1.18 (1.15 to 1.22)`. */
export function show({ median, low, high }: Spread, unit = ''): string {
  return `${number(median)}${unit} (${number(low)} to ${number(high)})`;
}

/** Holds a figure's median to a bound. */
export function want(
  what: string,
  figure: Spread,
  bound: { readonly atMost: number } | { readonly atLeast: number },
  unit = '×',
): Wanted {
  const came = show(figure, unit);
  return 'atMost' in bound
    ? { what, bound: `at most ${bound.atMost}${unit}`, came, met: figure.median <= bound.atMost }
    : { what, bound: `at least ${bound.atLeast}${unit}`, came, met: figure.median >= bound.atLeast };
}
