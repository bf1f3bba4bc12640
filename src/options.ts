const LONGEST_SHOWN_VALUE = 60;
const FARTHEST_SUGGESTION = 3;
const LETTERS_PER_EDIT = 3;
const SHORTEST_PART = 3;
const FUNCTION_NAME = /^\w+$/u;

/** Shows a value in an error message: short, on one line, and never the inside of an object. */
function show(value: unknown): string {
  if (typeof value === 'string') {
    const cut = value.length > LONGEST_SHOWN_VALUE ? `${value.slice(0, LONGEST_SHOWN_VALUE)}…` : value;
    return JSON.stringify(cut);
  }
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

/** How many single-character edits turn one name into the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}

/** Names of which the other is a part (`tolerance`, `onMessageReceived`), else the one with the fewest edits. */
function nearest(name: string, known: readonly string[]): string[] {
  const wanted = name.toLowerCase();
  const same = known.find((candidate) => candidate.toLowerCase() === wanted);
  if (same !== undefined) return [same];
  const parts = known.filter((candidate) => {
    const lower = candidate.toLowerCase();
    return (
      Math.min(wanted.length, lower.length) >= SHORTEST_PART &&
      (lower.includes(wanted) || wanted.includes(lower))
    );
  });
  if (parts.length > 0) return parts;
  const farthest = Math.min(FARTHEST_SUGGESTION, Math.ceil(wanted.length / LETTERS_PER_EDIT));
  const [best] = known
    .map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.toLowerCase()) }))
    .sort((one, other) => one.distance - other.distance);
  return best !== undefined && best.distance <= farthest ? [best.candidate] : [];
}

/** The one form in which this package says that an option cannot be used. Never pass a secret as `value`. */
export function invalidOption(owner: string, option: string, value: unknown, advice: string): TypeError {
  return new TypeError(`${owner}: option ${option} is ${show(value)}. ${advice}`);
}

/**
 * Refuses whatever is not an object of known options.
 *
 * @throws TypeError naming the unknown option and the nearest one that exists.
 */
export function checkOptionNames(owner: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    // A text is not shown: whoever passes one passes the secret, the key or a customer's words.
    const shown = typeof options === 'string' ? 'a text' : show(options);
    const example = `{ ${known[0]}: … }`;
    const call = FUNCTION_NAME.test(owner) ? `${owner}(${example})` : example;
    throw new TypeError(`${owner}: the options are ${shown}. Pass an object: ${call}.`);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const suggestions = nearest(name, known);
    throw new TypeError(
      suggestions.length === 0
        ? `${owner}: there is no option ${show(name)}. The options are ${known.join(', ')}.`
        : `${owner}: there is no option ${show(name)}. Did you mean ${suggestions.join(' or ')}?`,
    );
  }
}

/**
 * A whole number within bounds, or the default where none was passed.
 *
 * @throws TypeError for anything else.
 */
export function integerOption(
  owner: string,
  option: string,
  value: unknown,
  { min, max, fallback, unit }: { min: number; max: number; fallback: number; unit: string },
): number {
  if (value === undefined) return fallback;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalidOption(
    owner,
    option,
    value,
    `Give a whole number of ${unit} from ${min} to ${max}, or leave it out for ${fallback}.`,
  );
}

/**
 * A function, or `undefined` where none was passed.
 *
 * @throws TypeError for anything else.
 */
export function functionOption<T>(owner: string, option: string, value: T): T {
  if (value === undefined || typeof value === 'function') return value;
  throw invalidOption(owner, option, value, 'Give a function, or leave it out.');
}
