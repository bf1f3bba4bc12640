/** Where a command writes: lines for people, or one JSON object a line for programs. */
export interface Output {
  /** Whether programs read it. */
  readonly json: boolean;
  /** For people only. */
  line(text?: string): void;
  /** For programs only. */
  record(record: object): void;
  /** For people, on the error stream: something they should not miss. */
  warn(text: string): void;
  /** Marks a text in a terminal, and leaves it alone elsewhere. */
  paint(style: Style, text: string): string;
}

/** How a text is marked. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
};

const ESCAPE = '\u001b[';
// Everything that moves a terminal's cursor or changes its state: a customer's text must not.
const CONTROL_CHARACTERS = /\p{Cc}/gu;

/** One line of a text from outside, with nothing in it that a terminal would obey. */
export function oneLine(text: string): string {
  return text.replace(CONTROL_CHARACTERS, (character) => (character === '\n' ? ' ⏎ ' : ''));
}

/** What a program writes to. */
export interface Streams {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly stderr: { write(text: string): unknown };
}

/** Makes the output of one run. Colours only in a terminal, and not where `NO_COLOR` is set (no-color.org). */
export function createOutput(
  { stdout, stderr }: Streams,
  json: boolean,
  env: Readonly<NodeJS.ProcessEnv>,
): Output {
  const colours = stdout.isTTY === true && !env.NO_COLOR;
  return {
    json,
    line(text = '') {
      if (!json) stdout.write(`${text}\n`);
    },
    record(record) {
      if (json) stdout.write(`${JSON.stringify(record)}\n`);
    },
    warn(text) {
      if (!json) stderr.write(`${text}\n`);
    },
    paint(style, text) {
      const [on, off] = CODES[style];
      return colours ? `${ESCAPE}${on}m${text}${ESCAPE}${off}m` : text;
    },
  };
}
