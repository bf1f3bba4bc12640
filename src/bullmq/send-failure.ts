/** What a run of a queued send ended with, other than being sent. */
export interface SendFailureFields {
  readonly type: 'retry' | 'refused' | 'unknown';
  readonly code: string;
  readonly retryAfterMs?: number | undefined;
}

/**
 * Ends a run of a job. BullMQ keeps the message in the record and in its events, so it is the code and nothing else.
 */
export class SendFailure extends Error {
  /** BullMQ knows by the name that a job must not be tried again. */
  override readonly name: string;
  readonly fields: SendFailureFields;
  /** What the sender threw; never leaves this process. */
  readonly error: unknown;

  constructor(message: string, fields: SendFailureFields, error?: unknown) {
    super(message);
    this.name = fields.type === 'retry' ? 'SendFailure' : 'UnrecoverableError';
    this.fields = fields;
    this.error = error;
  }
}
