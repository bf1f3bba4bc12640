/** One process of the app. */
export interface Part {
  /** Finishes what is under way and ends. */
  stop(): Promise<void>;
}

/** Writes a line of what happened; never a phone number or a text. */
export function log(line: string): void {
  console.log(line);
}

/** So that a Redis that is away fills no log: the same line at most once. */
export function createErrorLog(): (error: Error) => void {
  let last = '';
  return ({ message }) => {
    if (message !== last) console.error(message);
    last = message;
  };
}
