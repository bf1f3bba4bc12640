/** Hears of what goes wrong beside any call: a connection that broke, a lock that was lost. */
export type ErrorListener = (error: Error) => void;

const QUIET_MS = 60_000;

function warn(owner: string): ErrorListener {
  let last = '';
  let saidAt = Number.NEGATIVE_INFINITY;
  return ({ message }) => {
    // A Redis that is away is reported with every try to reach it.
    if (message === last && performance.now() - saidAt < QUIET_MS) return;
    last = message;
    saidAt = performance.now();
    process.emitWarning(`${owner}: ${message}`, 'WhatsAppGatewayWarning');
  };
}

/** Makes what every background error is handed to; it never throws itself. */
export function errorReporter(owner: string, onError: ErrorListener | undefined): (error: unknown) => void {
  const fallback = warn(owner);
  return (thrown) => {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    try {
      (onError ?? fallback)(error);
    } catch (failure) {
      fallback(failure instanceof Error ? failure : error);
    }
  };
}
