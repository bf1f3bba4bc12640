import type { ErrorCodeJson, ErrorJson } from './json-types.ts';

/** The codes of the control API, and the HTTP status each is answered with. */
export const controlErrorStatuses: Readonly<Record<ErrorCodeJson, number>> = {
  invalid_json: 400,
  invalid_body: 400,
  invalid_query: 400,
  origin_not_allowed: 403,
  not_found: 404,
  method_not_allowed: 405,
  no_webhook: 409,
  nothing_to_repeat: 409,
  body_too_large: 413,
  unsupported_content_type: 415,
  unsupported_content_encoding: 415,
  host_not_allowed: 421,
  internal_error: 500,
  too_many_clients: 503,
};

/** A call that is refused, or could not be answered. */
export class ControlError extends Error {
  override name = 'ControlError';
  /** What went wrong, for programs. */
  readonly code: ErrorCodeJson;
  /** Headers that the answer needs, such as `Allow`. */
  readonly headers: Readonly<Record<string, string>>;

  /** @param message - What went wrong and what to do, for people. */
  constructor(code: ErrorCodeJson, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.headers = headers;
  }

  /** The HTTP status. */
  get status(): number {
    return controlErrorStatuses[this.code];
  }

  /** The body of the answer. */
  toJSON(): ErrorJson {
    return { error: this.code, message: this.message };
  }
}

/** Whatever was thrown, as something that can be answered. */
export function toControlError(error: unknown): ControlError {
  if (error instanceof ControlError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ControlError('internal_error', `The emulator failed at this, which is a bug: ${message}`);
}

/**
 * Does something with values of the caller. The emulator says by a `TypeError` that a value cannot be used, and why.
 *
 * @throws ControlError `invalid_body` in place of that.
 */
export async function withCallersValues<T>(use: () => T | Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (error instanceof TypeError) throw new ControlError('invalid_body', error.message);
    throw error;
  }
}
