/** Code of the documentation, with the place where it stands. */
export interface Snippet {
  /** The file, from the repository's root. */
  readonly file: string;
  /** The line of the file that the code begins with, counted from 1. */
  readonly line: number;
  readonly code: string;
}
