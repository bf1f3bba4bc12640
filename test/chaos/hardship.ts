import type { GatewayEmulator } from 'express-whatsapp-gateway/testing';

/** What went wrong on purpose, from the gateway's own record. */
export interface Hardship {
  /** Attempts to deliver beyond one for each event. */
  readonly extraAttempts: number;
  readonly duplicates: number;
  readonly concurrentDuplicates: number;
  readonly reordered: number;
  /** Events that were answered only after a failed attempt. */
  readonly retried: number;
  readonly throttled: number;
  readonly resetsAfterReading: number;
  readonly errorsAfterSending: number;
}

const COPIES = 2;

/** Counts it. */
export function countHardship({ deliveries, requests }: GatewayEmulator): Hardship {
  const attempts = deliveries.map((delivery) => delivery.attempts);
  const struck = (type: string): number => attempts.flat().filter(({ fault }) => fault === type).length;
  const answeredSo = (type: string): number => requests.filter(({ fault }) => fault === type).length;
  return {
    extraAttempts: attempts.flat().length - deliveries.length,
    duplicates: Math.floor(struck('duplicate') / COPIES),
    concurrentDuplicates: Math.floor(struck('concurrent-duplicate') / COPIES),
    reordered: struck('reorder'),
    retried: attempts.filter(([first]) => first?.status !== undefined && first.status >= 400).length,
    throttled: answeredSo('throttle'),
    resetsAfterReading: answeredSo('reset'),
    errorsAfterSending: answeredSo('status'),
  };
}
