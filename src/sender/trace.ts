import { type SendTrace, sendChannel } from '../telemetry.ts';
import { isSendError } from './errors.ts';
import type { SendResult } from './sender.ts';

/** Runs one send, and tells the sending channel what came of it if anybody listens. */
export function traced(run: (trace: SendTrace) => Promise<SendResult>): Promise<SendResult> {
  if (!sendChannel.hasSubscribers) return run({});
  const trace: SendTrace = {};
  const startedAt = performance.now();
  return sendChannel.tracePromise(async () => {
    try {
      const result = await run(trace);
      trace.outcome = 'sent';
      trace.attempts = result.attempts;
      return result;
    } catch (error) {
      trace.outcome = 'not_sent';
      if (isSendError(error)) {
        trace.outcome = error.outcome;
        trace.code = error.code;
        trace.attempts = error.attempts;
      }
      throw error;
    } finally {
      trace.durationMs = performance.now() - startedAt;
    }
  }, trace);
}
