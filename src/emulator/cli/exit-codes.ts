/** What the program ends with. */
export const exitCodes = {
  /** It did what was asked. */
  ok: 0,
  /** It was done, but the answer is no: a probe of `check` failed, the app refused a delivery. */
  failed: 1,
  /** The command line or an environment variable cannot be understood. */
  usage: 2,
  /** No emulator answers at the address, or not in time. */
  unreachable: 3,
  /** The port to listen at is taken. */
  portTaken: 4,
} as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends the program with a message for people and a code for programs. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
